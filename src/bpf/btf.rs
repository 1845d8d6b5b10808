//! The kernel's types, as far as the iterators name them.
//!
//! For each struct that the iterators name, libbpf searches all types of the kernel and of every
//! module: that was most of the load time. Only types of the same names matter, and types embedded
//! in them. They are copied here, in one pass over the kernel's BTF, and handed to libbpf in its
//! place. The format is that of `Documentation/bpf/btf.rst`.

use std::collections::{HashMap, HashSet};

use nom::bytes::complete::take;
use nom::combinator::{all_consuming, fail, verify};
use nom::multi::many0;
use nom::number::Endianness::Native;
use nom::number::complete::{u16, u32};
use nom::{IResult, Parser as _};

const MAGIC: u16 = 0xeb9f;
const VERSION: u8 = 1;
const HEADER: u32 = 24;
const WORD: usize = size_of::<u32>();

// The kinds of types, `BTF_KIND_*`.
const INT: u32 = 1;
const POINTER: u32 = 2;
const ARRAY: u32 = 3;
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const FORWARD: u32 = 7;
const TYPEDEF: u32 = 8;
const VOLATILE: u32 = 9;
const CONST: u32 = 10;
const RESTRICT: u32 = 11;
const FUNCTION: u32 = 12;
const PROTOTYPE: u32 = 13;
const VARIABLE: u32 = 14;
const SECTION: u32 = 15;
const FLOAT: u32 = 16;
const DECL_TAG: u32 = 17;
const TYPE_TAG: u32 = 18;
const ENUM64: u32 = 19;

/// The meaning of a 32-bit word of a type.
#[derive(Clone, Copy)]
enum Word {
    /// Itself: a size, an offset, a value.
    Number,
    /// A string, by its offset.
    Name,
    /// A type that is part of this one, by its number.
    Type,
    /// A type that is only pointed to, and not needed.
    Target,
    /// A kind that no struct member can have.
    Foreign,
}

/// The layout of a kind of type: its third word and the words after it, repeated for each member if
/// it has members.
struct TypeShape {
    third: Word,
    behind: &'static [Word],
    has_members: bool,
}

impl TypeShape {
    /// The shape of a kind; `None` for one that is newer than this program.
    fn of(kind: u32) -> Option<Self> {
        use Word::{Foreign, Name, Number, Target, Type};
        let (third, behind, has_members): (_, &'static [Word], _) = match kind {
            INT => (Number, &[Number], false),
            POINTER => (Target, &[], false),
            ARRAY => (Number, &[Type, Type, Number], false),
            STRUCT | UNION => (Number, &[Name, Type, Number], true),
            ENUM => (Number, &[Name, Number], true),
            ENUM64 => (Number, &[Name, Number, Number], true),
            FORWARD | FLOAT => (Number, &[], false),
            TYPEDEF | VOLATILE | CONST | RESTRICT | TYPE_TAG => (Type, &[], false),
            FUNCTION => (Foreign, &[], false),
            PROTOTYPE => (Foreign, &[Foreign, Foreign], true),
            VARIABLE | DECL_TAG => (Foreign, &[Foreign], false),
            SECTION => (Foreign, &[Foreign, Foreign, Foreign], true),
            _ => return None,
        };
        Some(Self { third, behind, has_members })
    }
}

/// A type as encoded in BTF.
#[derive(Clone, Copy)]
struct Type<'a> {
    name: u32,
    info: u32,
    third: u32,
    behind: &'a [u8],
}

impl<'a> Type<'a> {
    fn parse(input: &'a [u8]) -> IResult<&'a [u8], Self> {
        let (rest, (name, info, third)) = (u32(Native), u32(Native), u32(Native)).parse(input)?;
        let Some(shape) = TypeShape::of(kind(info)) else { return fail().parse(input) };
        let members = if shape.has_members { info as usize & 0xffff } else { 1 };
        let (rest, behind) = take(shape.behind.len() * WORD * members).parse(rest)?;
        Ok((rest, Self { name, info, third, behind }))
    }

    fn kind(&self) -> u32 {
        kind(self.info)
    }
}

fn kind(info: u32) -> u32 {
    info >> 24 & 0x1f
}

/// The header's size, and offset and size of the types and of the strings, relative to its end.
fn sizes(input: &[u8]) -> IResult<&[u8], [u32; 5]> {
    let (rest, _) = verify(u16(Native), |magic| *magic == MAGIC).parse(input)?;
    let (mut rest, _version_and_flags) = u16(Native).parse(rest)?;
    let mut sizes = [0; 5];
    for size in &mut sizes {
        (rest, *size) = u32(Native).parse(rest)?;
    }
    Ok((rest, sizes))
}

/// The first word of what is written.
fn word(bytes: &[u8]) -> u32 {
    bytes.first_chunk().copied().map(u32::from_ne_bytes).unwrap_or_default()
}

/// All types of a kernel.
pub(super) struct Types<'a> {
    /// The first has number 1, for 0 is void.
    types: Vec<Type<'a>>,
    strings: &'a [u8],
}

/// A member of an enum: its name, and the low half of its value.
pub(super) type Member<'a> = (&'a [u8], u32);

impl<'a> Types<'a> {
    /// Parses the contents of `/sys/kernel/btf/vmlinux`; `None` if they are malformed.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (_, [header, types, types_size, strings, strings_size]) = sizes(bytes).ok()?;
        let section = |offset: u32, size: u32| {
            let start = header.checked_add(offset)? as usize;
            bytes.get(start..)?.get(..size as usize)
        };
        let (types, strings) = (section(types, types_size)?, section(strings, strings_size)?);
        let (_, types) = all_consuming(many0(Type::parse)).parse(types).ok()?;
        Some(Self { types, strings })
    }

    fn get(&self, number: u32) -> Option<&Type<'a>> {
        self.types.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    fn string(&self, offset: u32) -> &'a [u8] {
        let text = self.strings.get(offset as usize..).unwrap_or_default();
        &text[..memchr::memchr(0, text).unwrap_or(text.len())]
    }

    /// Whether there is a struct of this name.
    pub(super) fn has_struct(&self, name: &str) -> bool {
        let is = |of: &Type<'_>| of.kind() == STRUCT && self.string(of.name) == name.as_bytes();
        self.types.iter().any(is)
    }

    /// The enums: the name of each, or nothing, and its members.
    pub(super) fn enums(
        &self,
    ) -> impl Iterator<Item = (&'a [u8], impl Iterator<Item = Member<'a>>)> {
        self.types.iter().filter(|of| of.kind() == ENUM).map(|of| {
            let members = of.behind.chunks_exact(2 * WORD);
            let member = |words: &[u8]| (self.string(word(words)), word(&words[WORD..]));
            (self.string(of.name), members.map(member))
        })
    }

    /// BTF of the types with these names and of the types embedded in them; pointers become
    /// pointers to void. `None` if a member has a kind that no member can have.
    pub(super) fn only(&self, names: &[&str]) -> Option<Vec<u8>> {
        let names: HashSet<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let mut copy = Copy::new(self);
        for (number, of) in (1..).zip(&self.types) {
            let is_named = matches!(of.kind(), STRUCT | UNION | ENUM | TYPEDEF | ENUM64);
            if is_named && names.contains(self.string(of.name)) {
                copy.number(number);
            }
        }
        copy.finish()
    }
}

/// A copy of some types into BTF of its own, in progress.
struct Copy<'t, 'a> {
    from: &'t Types<'a>,
    /// The type ids to copy, in the order of their new ids.
    wanted: Vec<u32>,
    numbers: HashMap<u32, u32>,
    strings: Vec<u8>,
    names: HashMap<&'a [u8], u32>,
}

impl<'t, 'a> Copy<'t, 'a> {
    fn new(from: &'t Types<'a>) -> Self {
        // An empty name is at offset 0.
        let (strings, names) = (vec![0], HashMap::from([(&b""[..], 0)]));
        Self { from, wanted: Vec::new(), numbers: HashMap::new(), strings, names }
    }

    /// The new id of a type, which is queued for copying.
    fn number(&mut self, old: u32) -> u32 {
        if old == 0 {
            return 0;
        }
        *self.numbers.entry(old).or_insert_with(|| {
            self.wanted.push(old);
            self.wanted.len() as u32
        })
    }

    fn name(&mut self, old: u32) -> u32 {
        let name = self.from.string(old);
        *self.names.entry(name).or_insert_with(|| {
            let at = self.strings.len() as u32;
            self.strings.extend_from_slice(name);
            self.strings.push(0);
            at
        })
    }

    fn word(&mut self, is: Word, old: u32) -> Option<u32> {
        Some(match is {
            Word::Number => old,
            Word::Name => self.name(old),
            Word::Type => self.number(old),
            Word::Target => 0,
            Word::Foreign => return None,
        })
    }

    /// Copies all queued types, and those that they queue.
    fn finish(mut self) -> Option<Vec<u8>> {
        let mut types = Vec::new();
        let mut next = 0;
        while let Some(&number) = self.wanted.get(next) {
            let of = self.from.get(number)?;
            let shape = TypeShape::of(of.kind())?;
            let (name, third) = (self.name(of.name), self.word(shape.third, of.third)?);
            types.extend([name, of.info, third]);
            let words = of.behind.chunks_exact(WORD).map(word);
            for (is, old) in shape.behind.iter().cycle().zip(words) {
                types.push(self.word(*is, old)?);
            }
            next += 1;
        }
        Some(described(&types, &self.strings))
    }
}

/// Assembles BTF from a header, types and strings.
fn described(types: &[u32], strings: &[u8]) -> Vec<u8> {
    let size = (types.len() * WORD) as u32;
    let sizes = [HEADER, 0, size, size, strings.len() as u32];
    let words = sizes.iter().chain(types).flat_map(|word| word.to_ne_bytes());
    let magic = MAGIC.to_ne_bytes().into_iter().chain([VERSION, 0]);
    magic.chain(words).chain(strings.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BTF of these types, each given as words; names are offsets into `strings`.
    fn describe(types: &[&[u32]], strings: &str) -> Vec<u8> {
        described(&types.concat(), strings.as_bytes())
    }

    fn info(kind: u32, members: u32) -> u32 {
        kind << 24 | members
    }

    const STRINGS: &str = "\0other\0int\0outer\0inner\0a\0b\0to\0kind\0ONE\0TWO\0";

    fn at(name: &str) -> u32 {
        let found = STRINGS.find(&format!("\0{name}\0"));
        found.map(|at| at as u32 + 1).unwrap_or_default()
    }

    fn sample() -> Vec<u8> {
        let (a, b, to) = (at("a"), at("b"), at("to"));
        let types: [&[u32]; 8] = [
            &[at("other"), info(STRUCT, 0), 4],                          // 1
            &[at("int"), info(INT, 0), 4, 32],                           // 2
            &[0, info(POINTER, 0), 1],                                   // 3
            &[at("inner"), info(STRUCT, 2), 16, a, 2, 0, to, 3, 64],     // 4
            &[0, info(CONST, 0), 4],                                     // 5
            &[at("outer"), info(STRUCT, 2), 20, b, 5, 0, a, 2, 128],     // 6
            &[at("kind"), info(ENUM, 2), 4, at("ONE"), 1, at("TWO"), 2], // 7
            &[at("b"), info(FUNCTION, 1), 0],                            // 8
        ];
        describe(&types, STRINGS)
    }

    #[test]
    fn a_struct_takes_along_what_is_embedded_in_it() {
        let bytes = sample();
        let few = Types::new(&bytes).unwrap().only(&["outer", "b"]).unwrap();
        let few = Types::new(&few).unwrap();
        assert!(few.has_struct("outer") && few.has_struct("inner") && !few.has_struct("other"));
        let types: Vec<_> = few.types.iter().map(|of| (of.kind(), of.third)).collect();
        assert_eq!(types, [(STRUCT, 20), (CONST, 4), (INT, 4), (STRUCT, 16), (POINTER, 0)]);
        let outer = few.get(1).unwrap();
        let words: Vec<_> = outer.behind.chunks_exact(WORD).map(word).collect();
        assert_eq!((few.string(words[0]), few.string(words[3])), (&b"b"[..], &b"a"[..]));
        assert_eq!((words[1], words[2], words[4], words[5]), (2, 0, 3, 128));
    }

    #[test]
    fn an_enum_has_its_members() {
        let bytes = sample();
        let types = Types::new(&bytes).unwrap();
        let enums: Vec<_> = types.enums().map(|(name, of)| (name, of.collect())).collect();
        assert_eq!(enums, [(&b"kind"[..], vec![(&b"ONE"[..], 1), (&b"TWO"[..], 2)])]);
    }

    #[test]
    fn what_is_cut_or_newer_than_this_program_is_not_understood() {
        let bytes = sample();
        let readable = |bytes: &[u8]| Types::new(bytes).is_some();
        assert!(readable(&bytes));
        assert!((0..bytes.len()).all(|end| !readable(&bytes[..end])));
        assert!(!readable(&describe(&[&[0, info(20, 0), 0]], "\0")));
        let cut = describe(&[&[0, info(STRUCT, 2), 4, 0, 1, 0]], "\0");
        assert!(!readable(&cut));
    }

    #[test]
    fn a_number_that_leads_nowhere_ends_the_copy() {
        let bytes = describe(&[&[1, info(STRUCT, 1), 4, 0, 7, 0]], "\0s\0");
        assert!(Types::new(&bytes).unwrap().only(&["s"]).is_none());
        let bytes =
            describe(&[&[1, info(STRUCT, 1), 4, 0, 2, 0], &[0, info(FUNCTION, 0), 1]], "\0s\0");
        assert!(Types::new(&bytes).unwrap().only(&["s"]).is_none());
    }
}
