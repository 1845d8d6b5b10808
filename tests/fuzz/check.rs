//! What has to hold of any bytes: they are rows that every format can show, or an error that has
//! its place in them. Run by the fuzzer, and on a bounded number of inputs by the tests.

use std::io::Write as _;

use bpfdbg::fuzzing;
use bpfdbg::install::protocol::PreloadInfo;
use bpfdbg::model::tree::{Pick, TreeRows, tree};
use bpfdbg::model::{
    Beside, DescriptorAttachment, DirectAttachment, Holder, Holders, Joined, Link, Map, Name, Prog,
    Shown, UsersByMap, WaySet,
};
use bpfdbg::parse::{self, Row};
use bpfdbg::source::mounts;
use bpfdbg::view::{
    self, Columns, Context, Head, Links, Maps, OutputFormat, Progs, ViewOptions, json_text,
    plain_json, write_tree,
};

/// What does not hold.
type Result<T = ()> = std::result::Result<T, String>;

/// What separates texts in an input that stands for several of one machine.
pub(crate) const BETWEEN: u8 = 0;

/// A check by its name, which is also that of the fuzzer's target.
pub(crate) type Check = (&'static str, fn(&[u8]) -> Result<bool>);

/// All of them, which tell whether the input was read to its end; each has a file of its name in
/// `targets/`.
pub(crate) const CHECKS: [Check; 10] = [
    ("progs", progs),
    ("maps", maps),
    ("links", links),
    ("details", details),
    ("attached", attached),
    ("holders", holders),
    ("machine", machine),
    ("words", words),
    ("system", system),
    ("names", names),
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

/// A program that every attachment is of, so that each is shown with it.
const PROG: &[u8] = b"id name attached target type bpfdbg/9\n7 p - - 3\n";

/// A text of direct attachments, as programs and a tree show it.
pub(crate) fn attached(text: &[u8]) -> Result<bool> {
    let (rows, is_whole) = read::<DirectAttachment<'_>>(text)?;
    together(PROG, b"", b"", Beside { direct: Some(rows), ..Beside::default() })?;
    Ok(is_whole)
}

/// A text of descriptors, as programs and a tree show it.
pub(crate) fn holders(text: &[u8]) -> Result<bool> {
    let (rows, is_whole) = read::<Holder<'_>>(text)?;
    together(PROG, b"", b"", Beside { holders: Some(Holders::new(rows)), ..Beside::default() })?;
    Ok(is_whole)
}

/// The texts of programs, maps, links, attachments, descriptors and holders of one machine, and what they make
/// together.
pub(crate) fn machine(texts: &[u8]) -> Result<bool> {
    let mut texts = texts.split(|byte| *byte == BETWEEN);
    let mut next = || texts.next().unwrap_or_default();
    let (progs, maps, links) = (next(), next(), next());
    let (map_rows, has_maps) = read::<Map<'_>>(maps)?;
    let (link_rows, has_links) = read::<Link<'_>>(links)?;
    let (direct, has_unlinked) = read::<DirectAttachment<'_>>(next())?;
    let (descriptors, has_descriptors) = read::<DescriptorAttachment<'_>>(next())?;
    let (holders, has_holders) = read::<Holder<'_>>(next())?;
    let beside = Beside {
        users: None,
        maps: Some(map_rows),
        has_all_maps: true,
        told: WaySet::told(|_, _| true),
        links: Some(link_rows),
        direct: Some(direct),
        descriptors: Some(descriptors),
        holders: Some(Holders::new(holders)),
    };
    let has_progs = together(progs, maps, links, beside)?;
    Ok(has_progs && has_maps && has_links && has_unlinked && has_descriptors && has_holders)
}

/// Shows programs, maps and links with all that is beside them.
fn together(progs: &[u8], maps: &[u8], links: &[u8], beside: Beside<'_>) -> Result<bool> {
    let (progs_read, is_whole) = read::<Prog<'_>>(progs)?;
    let joined = Joined::new(Beside { users: Some(UsersByMap::new(&progs_read)), ..beside });
    let context = Context {
        attachments: joined.attachments(),
        users: joined.users(),
        holders: joined.holders(),
        ..Context::default()
    };
    list::<Progs>(progs, &context)?;
    list::<Maps>(maps, &context)?;
    list::<Links>(links, &context)?;
    trees(&TreeRows::new(progs_read, &joined))?;
    Ok(is_whole)
}

/// Words that are typed: a pattern and a name by [`BETWEEN`], each of them a duration, a number of
/// seconds and a selector as well.
pub(crate) fn words(input: &[u8]) -> Result<bool> {
    let mut parts = input.split(|byte| *byte == BETWEEN);
    let (pattern, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let takes = fuzzing::glob(pattern, name);
    if name.len() < 12 && pattern.len() < 12 {
        holds(takes == slow_glob(pattern, name), || format!("a pattern takes: {takes}"))?;
    }
    let mut is_word = false;
    for text in [pattern, name].map(String::from_utf8_lossy) {
        for read in fuzzing::word(&text) {
            is_word |= read.is_ok();
            is_plain(read.err().as_deref().unwrap_or_default())?;
        }
    }
    Ok(is_word)
}

/// A pattern as its documentation has it, one way after the other.
fn slow_glob(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', more @ ..], _) => (0..=name.len()).any(|skip| slow_glob(more, &name[skip..])),
        ([b'\\', byte, more @ ..], [first, rest @ ..]) => byte == first && slow_glob(more, rest),
        ([b'?', more @ ..], [_, rest @ ..]) => slow_glob(more, rest),
        ([byte, more @ ..], [first, rest @ ..]) => byte == first && slow_glob(more, rest),
        _ => false,
    }
}

/// Files of the system, and what a driver and a kernel tell each other.
pub(crate) fn system(input: &[u8]) -> Result<bool> {
    let text = String::from_utf8_lossy(input);
    let mut is_some = false;
    for mount in mounts::bpffs(input) {
        is_some = true;
        let point = mount.point.as_os_str().as_encoded_bytes();
        holds(input.len() >= point.len(), || format!("{mount:?} is more than there is"))?;
    }
    is_some |= fuzzing::fdinfo(&text).is_some() | fuzzing::has_uid(&text, 65534);
    let name = text.split([':', '\n']).next().unwrap_or_default();
    if let Some((gid, back)) = fuzzing::group(&text, name) {
        is_some = true;
        holds(name.is_empty() || back.is_some(), || format!("group {gid} has no name"))?;
    }
    match fuzzing::configuration(input) {
        Ok(settings) => {
            is_some |= !settings.is_empty();
            holds(settings.len() <= 2, || format!("{settings:?} are more than there are"))?;
        }
        Err(line) => {
            let lines = input.split(|byte| *byte == b'\n').count();
            holds((1..=lines).contains(&line), || format!("line {line} of {lines}"))?;
        }
    }
    if let Some(bytes) = input.first_chunk() {
        is_some = true;
        let info = PreloadInfo::from_bytes(*bytes);
        holds(info.to_bytes() == *bytes, || format!("{info:?} is other than it was"))?;
        if let Some(made) = PreloadInfo::new(name, info.link_id) {
            holds(PreloadInfo::from_bytes(made.to_bytes()) == made, || format!("{made:?}"))?;
        }
    }
    Ok(is_some)
}

/// Any bytes as a name: plain in every reading, and none lost.
pub(crate) fn names(bytes: &[u8]) -> Result<bool> {
    for shown in [Shown(bytes).to_string(), json_text(bytes).into_owned()] {
        let back = Name::new(shown.as_bytes()).bytes().into_owned();
        holds(back == bytes, || format!("{shown} is {}", back.escape_ascii()))?;
    }
    let (shown, name) = (Shown(bytes).to_string(), Name::new(bytes));
    is_plain(&shown)?;
    is_plain(&name.to_string())?;
    holds(!shown.contains(char::is_whitespace), || format!("a blank in {shown}"))?;
    if let Some(plain) = name.plain() {
        holds(plain == shown && plain.as_bytes() == bytes, || plain.into())?;
    }
    let json = serde_json::to_string(&json_text(bytes)).map_err(|error| error.to_string())?;
    let plain = plain_json(json.clone());
    is_plain(&plain)?;
    let parsed = |json: &str| serde_json::from_str::<String>(json).map_err(|e| e.to_string());
    holds(parsed(&plain)? == parsed(&json)?, || format!("{plain} is not {json}"))?;
    Ok(name.plain().is_some())
}

/// The rows of a text that can be read, and whether these are all: each that cannot has its place in
/// the text, and takes nothing with it. Without a header there is none.
fn read<'a, R: Row<'a> + PartialEq>(text: &'a [u8]) -> Result<(Vec<R>, bool)> {
    let mut errors = Vec::new();
    let rows = match parse::good_rows::<R>(text, |error| errors.push(error)) {
        Ok(rows) => rows,
        Err(error) => {
            holds(error.row == 1, || format!("not the header: {error}"))?;
            errors.push(error);
            Vec::new()
        }
    };
    if errors.is_empty() {
        return Ok((rows, true));
    }
    let mut lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for error in &errors {
        let line = lines.get(error.row - 1).ok_or_else(|| format!("no line {}", error.row))?;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        holds((1..=line.len() + 1).contains(&error.column), || format!("no column: {error}"))?;
        is_plain(&error.to_string())?;
        let excerpt = error.excerpt();
        let (shown, caret) = excerpt.split_once('\n').ok_or("no caret")?;
        is_plain(shown)?;
        holds(caret.ends_with('^') && caret.len() <= shown.len() + 1, || excerpt.clone())?;
    }
    if errors[0].row > 1 {
        // They might as well not have been there.
        let is_bad = |row| errors.binary_search_by_key(&row, |error| error.row).is_ok();
        for row in (1..=lines.len()).rev().filter(|row| is_bad(*row)) {
            lines.remove(row - 1);
        }
        // Each by itself is the same row, so that nothing of a bad one is left in the next.
        let (format, header) = parse::Format::of(R::KIND, text).map_err(|e| e.to_string())?;
        let below: usize = lines[1..].iter().map(|line| line.len()).sum();
        holds(header == lines[0].len() && below <= text.len(), || "no header".into())?;
        let mut alone = Vec::new();
        for line in &lines[1..] {
            alone.extend(parse::Rows::<R>::new(&format, line, parse::Position::default()));
        }
        let alone: std::result::Result<Vec<R>, _> = alone.into_iter().collect();
        holds(alone.is_ok_and(|alone| alone == rows), || "a bad row costs others".into())?;
    }
    Ok((rows, false))
}

/// Shows rows in every format, with every column.
fn list<L: Columns>(text: &[u8], context: &Context<'_>) -> Result<bool>
where
    for<'a> L::Row<'a>: Row<'a> + PartialEq,
{
    let (rows, is_whole) = read::<L::Row<'_>>(text)?;
    let turn = Turn::of(text);
    let heads: Vec<_> = L::COLUMNS.iter().map(|column| column.head).collect();
    let shown = |format, pretty| -> Result<String> {
        let mut out = Vec::new();
        let options = ViewOptions { pretty, ..ViewOptions::default() };
        let view = view::view(format, heads.clone(), options, Box::new(&mut out));
        let mut view = view.map_err(|error| error.to_string())?;
        for row in &rows {
            let cells: Vec<_> = L::COLUMNS.iter().map(|c| (c.get)(row, context)).collect();
            view.row(&cells).map_err(|error| error.to_string())?;
        }
        view.end().map_err(|error| error.to_string())?;
        drop(view);
        plain_text(out)
    };
    let count = rows.len();
    if turn.is(0) {
        has_lines(&shown(OutputFormat::Table, false)?, count + 1)?;
    }
    for pretty in [false, true].into_iter().filter(|pretty| turn.is(1 + usize::from(*pretty))) {
        let text = shown(OutputFormat::Json, pretty)?;
        let array: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
        holds(array.len() == count, || format!("{} objects, not {count}", array.len()))?;
        for key in array.iter().flat_map(serde_json::Map::keys) {
            holds(heads.iter().any(|head| head.key == key), || format!("what is '{key}'?"))?;
        }
    }
    if turn.is(3) {
        let lines = shown(OutputFormat::Ndjson, false)?;
        has_lines(&lines, count)?;
        for line in lines.lines() {
            serde_json::from_str::<serde_json::Value>(line)
                .map_err(|error| format!("{error} in {line}"))?;
        }
    }
    if turn.is(4) {
        has_cells(&shown(OutputFormat::Raw, false)?, &heads, count, |line| {
            line.split(' ').count()
        })?;
    }
    if !turn.is(5) {
        return Ok(is_whole);
    }
    has_cells(&shown(OutputFormat::Csv, false)?, &heads, count, |line| {
        // A comma in quotes is none, and a doubled quote opens and closes at once.
        let mut is_quoted = false;
        let is_comma = |byte: &u8| {
            is_quoted ^= *byte == b'"';
            *byte == b',' && !is_quoted
        };
        1 + line.as_bytes().iter().copied().filter(is_comma).count()
    })?;
    Ok(is_whole)
}

/// Which of several formats is looked at: for the fuzzer one an input, for it has many inputs alike;
/// else all.
struct Turn(Option<usize>);

impl Turn {
    const FORMATS: usize = 6;

    fn of(text: &[u8]) -> Self {
        let sum =
            text.iter().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
        Self(cfg!(fuzzing).then_some(sum % Self::FORMATS))
    }

    fn is(&self, format: usize) -> bool {
        self.0.is_none_or(|turn| turn == format)
    }
}

/// Shows the tree in every format.
fn trees(rows: &TreeRows<'_>) -> Result {
    let entries = tree(rows, &Pick::default());
    let turn = Turn::of(&[entries.len() as u8, rows.progs().len() as u8]);
    let shown = |format, options| -> Result<String> {
        let mut out = Vec::new();
        write_tree(&entries, format, &options, &mut out).map_err(|error| error.to_string())?;
        out.flush().map_err(|error| error.to_string())?;
        plain_text(out)
    };
    for ascii in [false, true].into_iter().filter(|ascii| turn.is(usize::from(*ascii))) {
        let options = ViewOptions { ascii, ..ViewOptions::default() };
        let text = shown(OutputFormat::Table, options)?;
        has_lines(&text, entries.len())?;
    }
    for pretty in [false, true].into_iter().filter(|pretty| turn.is(2 + usize::from(*pretty))) {
        let options = ViewOptions { pretty, ..ViewOptions::default() };
        let text = shown(OutputFormat::Json, options)?;
        let roots: Vec<serde_json::Value> =
            serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
        let count = entries.iter().filter(|entry| entry.depth == 0).count();
        holds(roots.len() == count, || format!("{} roots, not {count}", roots.len()))?;
    }
    for (place, format) in [(4, OutputFormat::Dot), (5, OutputFormat::Mermaid)] {
        if turn.is(place) {
            shown(format, ViewOptions::default())?;
        }
    }
    Ok(())
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
    // Marks that reorder text, or take no room, are none of the characters that stand for themselves.
    let is_odd = |c: &char| {
        c.is_control()
            || matches!(c, '\u{2000}'..='\u{206f}' | '\u{ad}' | '\u{61c}' | '\u{180e}')
            || matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{feff}')
            || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
    };
    if line.is_ascii() && !line.bytes().any(|byte| byte.is_ascii_control()) {
        return Ok(());
    }
    match line.chars().find(is_odd) {
        None => Ok(()),
        Some(odd) => Err(format!("{odd:?} in {line:?}")),
    }
}

fn holds(condition: bool, message: impl FnOnce() -> String) -> Result {
    if condition { Ok(()) } else { Err(message()) }
}
