//! What clap says of a command line that it cannot read, in one line as every other error is.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorFormatter, ErrorKind};

use crate::model::{instead, quoted};

/// One line: what is wrong, and what there is instead.
pub struct OneLine;

impl ErrorFormatter for OneLine {
    fn format_error(error: &Error<Self>) -> StyledStr {
        let line = Mistake(error).line();
        format!("bpfdbg: {line}\n").into()
    }
}

struct Mistake<'a>(&'a Error<OneLine>);

impl Mistake<'_> {
    fn line(&self) -> String {
        let (arg, value) =
            (self.text(ContextKind::InvalidArg), self.text(ContextKind::InvalidValue));
        match self.0.kind() {
            ErrorKind::UnknownArgument => {
                let near = self.words(ContextKind::SuggestedArg);
                let instead = match arg.strip_prefix('-') {
                    // What is left of -W2 once -W has been read.
                    Some(number) if number.parse::<u32>().is_ok() => {
                        format!("; a value stands behind an equals sign, as in -W={number}")
                    }
                    _ => did_you_mean(near.first()),
                };
                format!("there is no option '{}'{instead}", quoted(&arg))
            }
            ErrorKind::InvalidSubcommand => {
                let word = self.text(ContextKind::InvalidSubcommand);
                let near = self.words(ContextKind::SuggestedSubcommand);
                format!("there is no command '{}'{}", quoted(&word), did_you_mean(near.first()))
            }
            ErrorKind::InvalidValue if value.is_empty() => {
                format!("{} needs a value", option(&arg))
            }
            ErrorKind::InvalidValue => {
                let known = self.words(ContextKind::ValidValue);
                let instead = instead(&value, known.iter().map(String::as_str));
                format!("{} takes no '{}'; {instead}", option(&arg), quoted(&value))
            }
            ErrorKind::ValueValidation => {
                let why = std::error::Error::source(self.0).map(ToString::to_string);
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                format!("{} takes no '{}'{why}", option(&arg), quoted(&value))
            }
            ErrorKind::NoEquals => {
                let option = option(&arg);
                format!("{option} has its value behind an equals sign, as in {option}=2")
            }
            ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
                format!("{} takes another number of values", option(&arg))
            }
            ErrorKind::ArgumentConflict => {
                let command = self.text(ContextKind::InvalidSubcommand);
                if !command.is_empty() {
                    return format!("'{command}' takes no {arg}");
                }
                let others = self.words(ContextKind::PriorArg);
                match others.first() {
                    Some(other) if option(other) == option(&arg) => {
                        format!("{} is given twice", option(&arg))
                    }
                    Some(other) => {
                        format!("{} and {} exclude each other", option(&arg), option(other))
                    }
                    None => format!("{} excludes what stands beside it", option(&arg)),
                }
            }
            ErrorKind::MissingRequiredArgument => {
                let missing = self.words(ContextKind::InvalidArg).join(" ");
                format!("{missing} is missing")
            }
            ErrorKind::InvalidUtf8 => "a word is not UTF-8".into(),
            kind => kind.as_str().unwrap_or("the command line cannot be understood").into(),
        }
    }

    /// What clap knows of one kind, as words.
    fn words(&self, kind: ContextKind) -> Vec<String> {
        match self.0.get(kind) {
            Some(ContextValue::String(word)) => vec![word.clone()],
            Some(ContextValue::Strings(words)) => words.clone(),
            _ => Vec::new(),
        }
    }

    fn text(&self, kind: ContextKind) -> String {
        self.words(kind).join(" ")
    }
}

/// An option without what clap shows of its value: `--watch` of `--watch[=<SECONDS>]`.
fn option(arg: &str) -> &str {
    arg.split(['[', '=', ' ']).next().filter(|option| option.starts_with('-')).unwrap_or(arg)
}

fn did_you_mean(near: Option<&String>) -> String {
    near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default()
}
