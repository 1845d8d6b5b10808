//! The kinds of texts, each declared once.

/// Declares the kinds: the order is that in which they are shown.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident {
        file: $file:literal,
        singular: $singular:literal,
        plural: $plural:literal,
        usual: $usual:literal,
        first_columns: $first:expr,
    })*) => {
        /// A kind of BPF object that has a file of its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every kind, in the order in which they are shown.
            pub const ALL: [Kind; [$($file),*].len()] = [$(Kind::$kind),*];

            const fn facts(self) -> &'static Facts {
                match self {
                    $(Kind::$kind => &Facts {
                        file: $file,
                        singular: $singular,
                        plural: $plural,
                        usual: $usual,
                        first_columns: $first,
                        header: concat!("a header of ", $file),
                    },)*
                }
            }
        }
    };
}

struct Facts {
    file: &'static str,
    singular: &'static str,
    plural: &'static str,
    usual: bool,
    first_columns: [&'static str; 4],
    header: &'static str,
}

kinds! {
    /// Loaded programs.
    Progs {
        file: "progs.debug",
        singular: "program",
        plural: "programs",
        usual: true,
        first_columns: ["id", "name", "attached", "target"],
    }
    /// Maps.
    Maps {
        file: "maps.debug",
        singular: "map",
        plural: "maps",
        usual: true,
        first_columns: ["id", "name", "max_entries", "cur_entries"],
    }
    /// Links: what holds a program where it is attached.
    Links {
        file: "links.debug",
        singular: "link",
        plural: "links",
        usual: true,
        first_columns: ["id", "type", "prog_id", "name"],
    }
    /// Programs that are attached without a link.
    Attached {
        file: "attached.debug",
        singular: "attachment",
        plural: "attachments",
        usual: true,
        first_columns: ["prog_id", "kind", "via", "name"],
    }
    /// Programs that are attached through an open descriptor: of a perf event, or of a socket.
    Descriptors {
        file: "descriptors.debug",
        singular: "attachment through a descriptor",
        plural: "attachments through descriptors",
        usual: true,
        first_columns: ["prog_id", "through", "name", "prog_type"],
    }
    /// Open descriptors of processes: who holds what. Installed on request only.
    Holders {
        file: "holders.debug",
        singular: "holder",
        plural: "holders",
        usual: false,
        first_columns: ["pid", "comm", "fd", "held"],
    }
}

impl Kind {
    /// The name of the file in a bpffs; `progs.debug` and `maps.debug` are the kernel's own names.
    pub const fn file_name(self) -> &'static str {
        self.facts().file
    }

    /// One object of the kind, as in "no program with id 7".
    pub const fn singular(self) -> &'static str {
        self.facts().singular
    }

    /// The objects, as in "what programs are loaded".
    pub const fn plural(self) -> &'static str {
        self.facts().plural
    }

    /// Whether it is installed by default. The text of processes is not, since it shows those of
    /// all users.
    pub const fn is_usual(self) -> bool {
        self.facts().usual
    }

    /// The first columns of its wide text, by which the kinds are told apart; for programs and
    /// maps, those of the kernel's own text.
    pub const fn first_columns(self) -> [&'static str; 4] {
        self.facts().first_columns
    }

    /// The expected header, for a parse error.
    pub(crate) const fn header(self) -> &'static str {
        self.facts().header
    }
}
