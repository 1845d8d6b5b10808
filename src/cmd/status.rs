//! `status`: what is where, who may read it, and what to type next.
use crate::cli::Global;
use crate::error::Result;
/// x
pub(super) fn status(_global: &Global) -> Result<()> {
    Ok(())
}
