//! What has to hold of any bytes: they are rows that every format can show, or an error that has
//! its place in them. Run by the fuzzer, and on a bounded number of inputs by the tests.

use std::io::Write as _;

use bpfdbg::model::tree::{Beside, Pick, Rows, tree};
use bpfdbg::model::{Holder, Holders, Link, Map, Prog, Unlinked, UsersByMap};
use bpfdbg::parse::{self, Row};
use bpfdbg::view::{
    self, Context, Format, Head, Links, Listed, Maps, Progs, Screen, Shape, TreeFormat, write_tree,
};

/// What does not hold.
type Result<T = ()> = std::result::Result<T, String>;

/// What separates texts in an input that stands for several of one machine.
pub(crate) const BETWEEN: u8 = 0;

/// A check by its name, which is also that of the fuzzer's target.
pub(crate) type Check = (&'static str, fn(&[u8]) -> Result<bool>);

/// All of them, which tell whether the input was shown, or else refused; each has a file of its name in `targets/`.
pub(crate) const CHECKS: [Check; 5] = [
    ("progs", progs),
    ("maps", maps),
    ("links", links),
    ("details", details),
    ("machine", machine),
];

/// A text of programs.
pub(crate) fn progs(text: &[u8]) -> Result<bool> {
    list::<Progs>(text, &Context::default())
}

/// A text of maps.
pub(crate) fn maps(text: &[u8]) -> Result<bool> {
    list::<Maps>(text, &Context::default())
}

/// A text of links.
pub(crate) fn links(text: &[u8]) -> Result<bool> {
    let (cuts, lines) = (parse::Cuts::of(text), text.split(|byte| *byte == b'\n').count());
    if cuts.rows + cuts.missing > lines {
        return Err(format!("{cuts:?} of {lines} lines"));
    }
    list::<Links>(text, &Context::default())
}

/// The last column of a link: its first byte is the type.
pub(crate) fn details(text: &[u8]) -> Result<bool> {
    let Some((link_type, target)) = text.split_first() else { return Ok(false) };
    let start = "id type prog_id name prog_type attach_type target bpfdbg/9\n";
    let mut file = format!("{start}1 {link_type} 2 name 26 24 ").into_bytes();
    file.extend(target);
    file.push(b'\n');
    links(&file)
}

/// The texts of programs, maps, links, attachments and holders of one machine, and what they make
/// together.
pub(crate) fn machine(texts: &[u8]) -> Result<bool> {
    let mut texts = texts.split(|byte| *byte == BETWEEN);
    let mut next = || texts.next().unwrap_or_default();
    let (progs, maps, links) = (next(), next(), next());
    let (Some(progs_read), Some(maps_read)) = (read::<Prog<'_>>(progs)?, read::<Map<'_>>(maps)?)
    else {
        return Ok(false);
    };
    let (Some(links_read), Some(unlinked), Some(holders)) =
        (read::<Link<'_>>(links)?, read::<Unlinked<'_>>(next())?, read::<Holder<'_>>(next())?)
    else {
        return Ok(false);
    };
    let users = UsersByMap::new(&progs_read);
    let beside = Beside {
        maps: Some(maps_read),
        has_bound: true,
        links: Some(links_read),
        unlinked: Some(unlinked),
        holders: Some(Holders::new(holders)),
    };
    let rows = Rows::new(progs_read, beside);
    let (attachments, holders) = (rows.attachments(), rows.holders());
    let context = Context { attachments, users: Some(&users), holders, ..Context::default() };
    list::<Progs>(progs, &context)?;
    list::<Maps>(maps, &context)?;
    list::<Links>(links, &context)?;
    trees(&rows)?;
    Ok(true)
}

/// The rows of a text; `None` where it has an error, whose place is then in the text.
fn read<'a, R: Row<'a>>(text: &'a [u8]) -> Result<Option<Vec<R>>> {
    let error = match parse::rows::<R>(text) {
        Ok(rows) => return Ok(Some(rows)),
        Err(error) => error,
    };
    let line = text.split(|byte| *byte == b'\n').nth(error.row.wrapping_sub(1));
    let line = line.ok_or_else(|| format!("no line {}", error.row))?;
    holds((1..=line.len() + 1).contains(&error.column), || format!("no column: {error}"))?;
    is_plain(&error.to_string())?;
    let excerpt = error.excerpt();
    let (shown, caret) = excerpt.split_once('\n').ok_or("no caret")?;
    is_plain(shown)?;
    holds(caret.ends_with('^') && caret.len() <= shown.len() + 1, || excerpt.clone())?;
    Ok(None)
}

/// Shows rows in every format, with every column.
fn list<L: Listed>(text: &[u8], context: &Context<'_>) -> Result<bool>
where
    for<'a> L::Row<'a>: Row<'a>,
{
    let Some(rows) = read::<L::Row<'_>>(text)? else { return Ok(false) };
    let heads: Vec<_> = L::COLUMNS.iter().map(|column| column.head).collect();
    let shown = |format| -> Result<String> {
        let mut out = Vec::new();
        let mut view = view::view(format, heads.clone(), Screen::default(), Box::new(&mut out));
        for row in &rows {
            let cells: Vec<_> = L::COLUMNS.iter().map(|c| (c.get)(row, context)).collect();
            view.row(&cells).map_err(|error| error.to_string())?;
        }
        view.end().map_err(|error| error.to_string())?;
        drop(view);
        plain_text(out)
    };
    let count = rows.len();
    has_lines(&shown(Format::Table)?, count + 1)?;
    for pretty in [false, true] {
        let text = shown(Format::Json { pretty, shape: Shape::Array })?;
        let array: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
        holds(array.len() == count, || format!("{} objects, not {count}", array.len()))?;
        for key in array.iter().flat_map(serde_json::Map::keys) {
            holds(heads.iter().any(|head| head.key == key), || format!("what is '{key}'?"))?;
        }
    }
    let lines = shown(Format::Ndjson)?;
    has_lines(&lines, count)?;
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line)
            .map_err(|error| format!("{error} in {line}"))?;
    }
    has_cells(&shown(Format::Raw)?, &heads, count, |line| line.split(' ').count())?;
    has_cells(&shown(Format::Csv)?, &heads, count, |line| {
        // A comma in quotes is none, and a doubled quote opens and closes at once.
        let mut is_quoted = false;
        let is_comma = |byte: &u8| {
            is_quoted ^= *byte == b'"';
            *byte == b',' && !is_quoted
        };
        1 + line.as_bytes().iter().copied().filter(is_comma).count()
    })?;
    Ok(true)
}

/// Shows the tree in every format.
fn trees(rows: &Rows<'_>) -> Result {
    let entries = tree(rows, &Pick::default());
    let shown = |format| -> Result<String> {
        let mut out = Vec::new();
        write_tree(&entries, format, &mut out).map_err(|error| error.to_string())?;
        out.flush().map_err(|error| error.to_string())?;
        plain_text(out)
    };
    for ascii in [false, true] {
        let text = shown(TreeFormat::Text { ascii, width: None, color: false })?;
        has_lines(&text, entries.len())?;
    }
    for pretty in [false, true] {
        let text = shown(TreeFormat::Json { pretty })?;
        let roots: Vec<serde_json::Value> =
            serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
        let count = entries.iter().filter(|entry| entry.depth == 0).count();
        holds(roots.len() == count, || format!("{} roots, not {count}", roots.len()))?;
    }
    shown(TreeFormat::Dot)?;
    shown(TreeFormat::Mermaid).map(drop)
}

fn has_cells(text: &str, heads: &[Head], rows: usize, cells: impl Fn(&str) -> usize) -> Result {
    has_lines(text, rows + 1)?;
    match text.lines().find(|line| cells(line) != heads.len()) {
        None => Ok(()),
        Some(line) => Err(format!("not {} cells: {line}", heads.len())),
    }
}

fn has_lines(text: &str, count: usize) -> Result {
    holds(text.lines().count() == count && (count == 0 || text.ends_with('\n')), || {
        format!("{} lines, not {count}:\n{text}", text.lines().count())
    })
}

/// Output as text, of which no byte moves a cursor.
fn plain_text(out: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(out).map_err(|error| error.to_string())?;
    text.split('\n').try_for_each(is_plain)?;
    Ok(text)
}

fn is_plain(line: &str) -> Result {
    // Marks that reorder text are none of the characters that stand for themselves.
    let is_odd = |c: &char| c.is_control() || ('\u{2000}'..='\u{206f}').contains(c);
    match line.chars().find(is_odd) {
        None => Ok(()),
        Some(odd) => Err(format!("{odd:?} in {line:?}")),
    }
}

fn holds(condition: bool, message: impl FnOnce() -> String) -> Result {
    if condition { Ok(()) } else { Err(message()) }
}
