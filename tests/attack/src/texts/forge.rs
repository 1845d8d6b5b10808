//! Captures that are broken on purpose, the same for the same seed.

use super::CAPTURES;
use crate::random::Random;

/// Tokens that a parser may take for something else.
const TOKENS: &[&[u8]] = &[
    b"-",
    b"0",
    b"-1",
    b"4294967295",
    b"4294967296",
    b"18446744073709551616",
    b"\\",
    b"\\777",
    b"\\1",
    b"\\033[31m",
    b"\x1b[31m",
    b"\x00",
    b"\x7f",
    b"\xff\xfe",
    b"\xc2\x9b31m",
    b"=",
    b"a=",
    b"=a",
    b"a=b=c",
    b",",
    b",,,",
    b"1,1,1",
    b"1:1",
    b"id",
    b"bpfdbg/9.9.9+00",
    b"bpfdbg/",
    b"\xe2\x80\xae",
    b"...",
    b"(cut)",
    b"@SUM(1)",
    b"+1",
    b"1e9",
    b"0x10",
    b"\"",
    b"'",
    b"<b>",
    b"%s",
];

/// A directory of texts: each is one of a capture, with some damage, or missing.
pub(crate) fn directory(random: &mut Random) -> Vec<(&'static str, Vec<u8>)> {
    let files = random.pick(CAPTURES).files;
    let mut texts = Vec::new();
    for (name, text) in files {
        if random.once_in(12) {
            continue;
        }
        // Now and then the text of another kind, or of another kernel.
        let text = if random.once_in(16) { any_file(random) } else { text };
        let mut text = text.to_vec();
        for _ in 0..random.below(5) {
            damage(&mut text, random);
        }
        texts.push((*name, text));
    }
    texts
}

fn any_file(random: &mut Random) -> &'static [u8] {
    let capture = random.pick(CAPTURES);
    random.pick(capture.files).1
}

fn damage(text: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(text.len() + 1);
    match random.below(14) {
        0 => text.truncate(at),
        1 => drop(text.drain(at..(at + random.below(200)).min(text.len()))),
        2 => {
            if let Some(byte) = text.get_mut(at) {
                *byte = random.next() as u8;
            }
        }
        3 => insert(text, at, random.pick(TOKENS)),
        4 | 5 => token(text, random),
        6 => header(text, random),
        7 => {
            let noise: Vec<u8> = (0..random.below(300)).map(|_| random.next() as u8).collect();
            insert(text, at, &noise);
        }
        8 => {
            let length = 1 << random.below(19);
            insert(text, at, &vec![random.pick(b"x\\ 0-=,\n\0"); length]);
        }
        9 => lines(text, |lines| {
            let line = lines[random.below(lines.len())].clone();
            for _ in 0..random.below(64) {
                lines.push(line.clone());
            }
        }),
        10 => lines(text, |lines| {
            let (one, other) = (random.below(lines.len()), random.below(lines.len()));
            lines.swap(one, other);
        }),
        11 => {
            *text = text
                .iter()
                .flat_map(|&byte| match byte {
                    b'\n' => vec![b'\r', b'\n'],
                    byte => vec![byte],
                })
                .collect()
        }
        12 => insert(text, 0, b"\xef\xbb\xbf"),
        _ => {
            while text.last() == Some(&b'\n') {
                text.pop();
            }
        }
    }
}

fn insert(text: &mut Vec<u8>, at: usize, what: &[u8]) {
    text.splice(at..at, what.iter().copied());
}

fn lines(text: &mut Vec<u8>, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let mut lines: Vec<Vec<u8>> = text.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    change(&mut lines);
    *text = lines.join(&b'\n');
}

/// Puts another token into the place of one, anywhere.
fn token(text: &mut Vec<u8>, random: &mut Random) {
    lines(text, |lines| {
        let line = random.below(lines.len());
        replace(&mut lines[line], random);
    });
}

/// The same in the header, or a column is gone, there twice, or elsewhere.
fn header(text: &mut Vec<u8>, random: &mut Random) {
    lines(text, |lines| {
        let columns: Vec<&[u8]> = lines[0].split(|&byte| byte == b' ').collect();
        let mut columns: Vec<Vec<u8>> =
            columns.into_iter().filter(|column| !column.is_empty()).map(<[u8]>::to_vec).collect();
        let at = random.below(columns.len());
        match random.below(4) {
            _ if columns.is_empty() => {}
            0 => drop(columns.remove(at)),
            1 => columns.insert(at, columns[random.below(columns.len())].clone()),
            2 => columns.reverse(),
            _ => columns[at] = random.pick(TOKENS).to_vec(),
        }
        lines[0] = columns.join(&b' ');
    });
}

fn replace(line: &mut Vec<u8>, random: &mut Random) {
    let mut tokens: Vec<Vec<u8>> = line.split(|&byte| byte == b' ').map(<[u8]>::to_vec).collect();
    let at = random.below(tokens.len());
    tokens[at] = random.pick(TOKENS).to_vec();
    *line = tokens.join(&b' ');
}
