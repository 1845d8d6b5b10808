//! The kernel's types, as far as the iterators name them.
//!
//! libbpf looks for each struct of the iterators among all types of the kernel and of every module,
//! which is most of what loading took. Few of them matter: those of the same names, and what is
//! embedded in them. They are picked out here, in one pass over the kernel's own description, and
//! handed to libbpf in its place. The format is that of `Documentation/bpf/btf.rst`.

use std::collections::{HashMap, HashSet};

use nom::bytes::complete::take;
use nom::combinator::{fail, verify};
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

/// What a word of a type stands for.
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
    /// What no member of a struct can be.
    Foreign,
}

/// What a kind of type is made of: its third word, and the words behind it, as often as there are
/// members where it has any.
struct Shape {
    third: Word,
    behind: &'static [Word],
    has_members: bool,
}

impl Shape {
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

/// A type as it is written.
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
        let Some(shape) = Shape::of(kind(info)) else { return fail().parse(input) };
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

/// The size of the header, and where behind it the types and the strings are, each with its size.
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
    types: &'a [u8],
    strings: &'a [u8],
    /// Where each type lies. The first has number 1, for 0 is void.
    offsets: Vec<u32>,
}

/// A member of an enum: its name, and the low half of its value.
pub(super) type Member<'a> = (&'a [u8], u32);

impl<'a> Types<'a> {
    /// Reads what `/sys/kernel/btf/vmlinux` holds; `None` where it cannot be understood.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (_, [header, types, types_size, strings, strings_size]) = sizes(bytes).ok()?;
        let section = |offset: u32, size: u32| {
            let start = header.checked_add(offset)? as usize;
            bytes.get(start..)?.get(..size as usize)
        };
        let (types, strings) = (section(types, types_size)?, section(strings, strings_size)?);
        let mut offsets = Vec::with_capacity(types.len() / 24);
        let mut rest = types;
        while !rest.is_empty() {
            offsets.push(u32::try_from(types.len() - rest.len()).ok()?);
            rest = Type::parse(rest).ok()?.0;
        }
        Some(Self { types, strings, offsets })
    }

    fn get(&self, number: u32) -> Option<Type<'a>> {
        let at = *self.offsets.get(usize::try_from(number.checked_sub(1)?).ok()?)?;
        Some(Type::parse(self.types.get(at as usize..)?).ok()?.1)
    }

    fn string(&self, offset: u32) -> &'a [u8] {
        let text = self.strings.get(offset as usize..).unwrap_or_default();
        &text[..memchr::memchr(0, text).unwrap_or(text.len())]
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, Type<'a>)> {
        (1..).map_while(|number| Some((number, self.get(number)?)))
    }

    /// Whether there is a struct of this name.
    pub(super) fn has_struct(&self, name: &str) -> bool {
        let is = |of: &Type<'_>| of.kind() == STRUCT && self.string(of.name) == name.as_bytes();
        self.numbered().any(|(_, of)| is(&of))
    }

    /// The enums: the name of each, or nothing, and its members.
    pub(super) fn enums(
        &self,
    ) -> impl Iterator<Item = (&'a [u8], impl Iterator<Item = Member<'a>>)> {
        let enums = self.numbered().filter(|(_, of)| of.kind() == ENUM);
        enums.map(|(_, of)| {
            let members = of.behind.chunks_exact(2 * WORD);
            let member = |words: &[u8]| (self.string(word(words)), word(&words[WORD..]));
            (self.string(of.name), members.map(member))
        })
    }

    /// The types of these names and what is embedded in them, in the same format; pointers lead to
    /// void. `None` where a member is of a type that no member can have.
    pub(super) fn only(&self, names: &[&str]) -> Option<Vec<u8>> {
        let names: HashSet<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let mut copy = Copy::new(self);
        for (number, of) in self.numbered() {
            let is_named = matches!(of.kind(), STRUCT | UNION | ENUM | TYPEDEF | ENUM64);
            if is_named && names.contains(self.string(of.name)) {
                copy.number(number);
            }
        }
        copy.finish()
    }
}

/// Some types on their way to a description of their own.
struct Copy<'t, 'a> {
    from: &'t Types<'a>,
    /// The numbers to copy, in the order of their new ones.
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

    /// The new number of a type, which is then copied as well.
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

    /// Copies all that is wanted, and what turns out to be wanted on the way.
    fn finish(mut self) -> Option<Vec<u8>> {
        let mut types = Vec::new();
        let mut next = 0;
        while let Some(&number) = self.wanted.get(next) {
            let of = self.from.get(number)?;
            let shape = Shape::of(of.kind())?;
            let (name, third) = (self.name(of.name), self.word(shape.third, of.third)?);
            types.extend([name, of.info, third]);
            let words = of.behind.chunks_exact(WORD).map(word);
            for (is, old) in shape.behind.iter().cycle().zip(words) {
                types.push(self.word(*is, old)?);
            }
            next += 1;
        }
        let bytes = |words: &[u32]| words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let types: Vec<u8> = bytes(&types);
        let (types_size, strings_size) = (types.len() as u32, self.strings.len() as u32);
        let sizes: Vec<u8> = bytes(&[HEADER, 0, types_size, types_size, strings_size]);
        let magic = [MAGIC.to_ne_bytes(), [VERSION, 0]].concat();
        Some([magic, sizes, types, self.strings].concat())
    }
}
