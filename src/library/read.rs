//! Reading TOML so that every fault is told, each with its line.
//!
//! serde ends at the first thing that is wrong with a table. A writer who runs a check wants to hear of all of them, so the
//! tables are read from the parsed file itself: [`record!`] declares a table and its fields once, and from that come the
//! type, the reading, and the faults for fields that are missing, unknown or of another kind.

use super::{fault::Faults, source::Node};

/// What comes up while files are read.
#[derive(Default)]
pub(super) struct Reading<'a> {
    /// What is wrong.
    pub(super) faults: Faults,
    /// Each text and label that a parent may see, for the rules that hold for all of them.
    pub(super) said: Vec<Said<'a>>,
}

/// Something that a parent may see.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    /// A text.
    Text(Node<'a>),
    /// What a button says.
    Label(Node<'a>),
}

impl<'a> Said<'a> {
    /// Where it stands.
    pub(super) fn node(&self) -> &Node<'a> {
        let (Self::Text(node) | Self::Label(node)) = self;
        node
    }
}

impl<'a> Reading<'a> {
    /// Reads what stands under `key` of a table. Where there is nothing, `absent` stands in, and without it that is a fault.
    pub(super) fn field<T: Read>(
        &mut self,
        table: &Node<'a>,
        key: &str,
        absent: Option<T>,
    ) -> Option<T> {
        match table.get(key) {
            Some(value) => T::read(&value, self),
            None => {
                if absent.is_none() {
                    let what = format!("{key} is missing; expected {}", T::EXPECTED);
                    table.fault(&mut self.faults, what);
                }
                absent
            }
        }
    }
}

/// A type that can be read from a file of a language.
pub(super) trait Read: Sized {
    /// What to write, in a writer's words.
    const EXPECTED: &'static str;

    /// The value, or `None` and at least one fault.
    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self>;
}

impl Read for String {
    const EXPECTED: &'static str = "a text between double quotes";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        node.text(&mut reading.faults).map(str::to_owned)
    }
}

impl Read for bool {
    const EXPECTED: &'static str = "true or false";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        if node.value.as_bool().is_none() {
            node.not(Self::EXPECTED, &mut reading.faults);
        }
        node.value.as_bool()
    }
}

impl Read for u32 {
    const EXPECTED: &'static str = "a whole number from 0 on";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        let Some(number) = node.value.as_integer() else {
            node.not(Self::EXPECTED, &mut reading.faults);
            return None;
        };
        let parsed = Self::from_str_radix(number.as_str(), number.radix()).ok();
        if parsed.is_none() {
            let what = format!("{} is {number}; expected {}", node.name, Self::EXPECTED);
            node.fault(&mut reading.faults, what);
        }
        parsed
    }
}

impl<T: Read> Read for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        T::read(node, reading).map(Some)
    }
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        if !node.is_list(&mut reading.faults) {
            return None;
        }
        let items: Vec<Option<T>> = node.items().map(|item| T::read(&item, reading)).collect();
        items.into_iter().collect()
    }
}

impl<T: Read, const N: usize> Read for [T; N] {
    const EXPECTED: &'static str = "a list";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        let items = Vec::<T>::read(node, reading)?;
        let len = items.len();
        let items = items.try_into().ok();
        if items.is_none() {
            node.fault(
                &mut reading.faults,
                format!("{} has {len} items; expected {N}", node.name),
            );
        }
        items
    }
}

/// Declares a table of a file: a struct, and how to read it.
///
/// A field is required unless `= value` says what stands in for it. `as "key"` gives it another name in the file. What follows from the
/// fields, and is no field of the file, stands behind `with`.
macro_rules! record {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $( $(#[$field_about:meta])* $field:ident $(as $key:literal)? : $type:ty $(= $absent:expr)? ),* $(,)?
        }
        $( with {
            $( $(#[$made_about:meta])* $made:ident : $made_type:ty = $from:expr ),* $(,)?
        } )?
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $( $(#[$field_about])* pub $field: $type, )*
            $( $( $(#[$made_about])* pub $made: $made_type, )* )?
        }

        impl $crate::library::read::Read for $name {
            const EXPECTED: &'static str = "a table";

            fn read<'a>(
                node: &$crate::library::source::Node<'a>,
                reading: &mut $crate::library::read::Reading<'a>,
            ) -> Option<Self> {
                let known = [$( $crate::library::read::record!(@key $field $($key)?) ),*];
                if !node.is_table_of(&known, &mut reading.faults) {
                    return None;
                }
                $(
                    let $field = reading.field::<$type>(
                        node,
                        $crate::library::read::record!(@key $field $($key)?),
                        $crate::library::read::record!(@absent $($absent)?),
                    );
                )*
                $( let $field = $field?; )*
                $( $( let $made = $from; )* )?
                Some(Self { $( $field, )* $( $( $made, )* )? })
            }
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@absent) => { None };
    (@absent $absent:expr) => { Some($absent) };
}

/// Gives the words of an enum, as they stand in a file, to its variants.
macro_rules! names {
    ($type:ident: $expected:literal { $( $word:literal => $variant:ident ),* $(,)? }) => {
        impl $type {
            /// All of them, in the order of the enum.
            pub const ALL: &[Self] = &[$( Self::$variant ),*];

            /// The word for it in the files.
            pub fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )*
                }
            }
        }

        impl $crate::library::read::Read for $type {
            const EXPECTED: &'static str = $expected;

            fn read<'a>(
                node: &$crate::library::source::Node<'a>,
                reading: &mut $crate::library::read::Reading<'a>,
            ) -> Option<Self> {
                let word = node.text(&mut reading.faults)?;
                let found = Self::ALL.iter().copied().find(|it| it.as_str() == word);
                if found.is_none() {
                    node.fault(&mut reading.faults, format!("{} is `{word}`; expected {}", node.name, $expected));
                }
                found
            }
        }
    };
}

pub(super) use {names, record};
