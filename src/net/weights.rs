//! The weights, and the file they lie in.
//!
//! Little-endian, in this order: `VENW`; the version (u16); the number of buckets (u32); the number of routes (u8) and of each its name
//! (u8 length, UTF-8); of each route its bias (f64); the scale (f64); the thresholds of the answer and of the hint (f64 each, as odds);
//! the classes (u32 length, UTF-8); a bit for each bucket that has weights (u64 for each 64 buckets, the lowest bit first); of each of
//! these buckets two bytes, four bits for each route, from -7 to 7 in units of the scale; and the BLAKE3 hash of all before it.

use std::fmt;

use super::{Route, classes::Classes, reading::BUCKETS};

const MAGIC: &[u8; 4] = b"VENW";
const VERSION: u16 = 1;

/// How many buckets may have weights, so that the file stays under 512 KB. Those that matter least go without.
const KEPT: usize = 178_000;

/// The largest weight, in units of the scale.
const LARGEST: f64 = 7.0;
/// The scale is made for weights up to this part of the largest; the few above are cut. Small weights are many, and matter more.
const UNCUT: f64 = 0.5;

/// What each feature speaks for.
pub(super) struct Weights {
    /// Of each route.
    pub(super) bias: [f64; 4],
    /// What a weight of 1 counts.
    pub(super) scale: f64,
    /// From which odds on there is an answer, and a hint.
    pub(super) thresholds: Thresholds,
    /// 64 buckets each.
    present: Vec<Present>,
    /// For each bucket that has weights those of the four routes, four bits each.
    packed: Vec<u16>,
}

/// Which of 64 buckets have weights.
struct Present {
    /// A bit for each of them.
    bits: u64,
    /// How many before them have some.
    before: u32,
}

/// The weights of one bucket before they are rounded.
pub(super) struct Exact {
    pub(super) bucket: u32,
    pub(super) weights: [f64; 4],
    /// How many sentences have a feature in it.
    pub(super) sentences: u32,
}

impl Exact {
    /// How much the net would miss it.
    fn matters(&self) -> f64 {
        let squares: f64 = self.weights.iter().map(|it| it * it).sum();
        squares * f64::from(self.sentences)
    }
}

/// Odds from which on something is said. The hint's are the lower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Thresholds {
    pub(super) answer: f64,
    pub(super) hint: f64,
}

impl Weights {
    /// Rounds weights to what the file can hold. The buckets are in order, each once.
    pub(super) fn pack(mut exact: Vec<Exact>, bias: [f64; 4], thresholds: Thresholds) -> Self {
        // The bits of numbers that are not negative stand in the order of the numbers.
        let mut matters: Vec<u64> = exact.iter().map(|it| it.matters().to_bits()).collect();
        if matters.len() > KEPT {
            let least = matters.len() - KEPT - 1;
            let (_, &mut too_little, _) = matters.select_nth_unstable(least);
            exact.retain(|it| it.matters().to_bits() > too_little);
        }
        let largest = exact
            .iter()
            .flat_map(|it| it.weights)
            .fold(0.0, |largest: f64, weight| largest.max(weight.abs()));
        // Without any weight there is nothing to scale.
        let scale = if largest > 0.0 {
            UNCUT * largest / LARGEST
        } else {
            1.0
        };
        let four_bits = |weight: &f64| {
            let rounded = (weight / scale).round().clamp(-LARGEST, LARGEST);
            rounded as i16 as u16 & 0xf
        };
        let pack = |it: &Exact| {
            it.weights
                .iter()
                .rev()
                .fold(0, |packed, weight| packed << 4 | four_bits(weight))
        };
        let mut present = vec![0; WORDS];
        for it in &exact {
            present[it.bucket as usize / 64] |= 1 << (it.bucket % 64);
        }
        Self {
            bias,
            scale,
            thresholds,
            present: counted(present),
            packed: exact.iter().map(pack).collect(),
        }
    }

    /// The weights of this bucket for the four routes, in units of the scale; zeros for a bucket without.
    pub(super) fn of(&self, bucket: u32) -> [i32; 4] {
        let &Present { bits, before } = &self.present[bucket as usize / 64];
        let bit = 1 << (bucket % 64);
        if bits & bit == 0 {
            return [0; 4];
        }
        let before = before + (bits & (bit - 1)).count_ones();
        let packed = self.packed[before as usize];
        let mut weights = [0; 4];
        for (route, weight) in weights.iter_mut().enumerate() {
            // Four bits, with their sign: up to the top, and down again.
            *weight = i32::from((packed << (12 - 4 * route)) as i16 >> 12);
        }
        weights
    }

    /// The file.
    pub(super) fn save(&self, classes: &Classes) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend(VERSION.to_le_bytes());
        file.extend(BUCKETS.to_le_bytes());
        file.push(Route::ALL.len() as u8);
        for route in Route::ALL {
            file.push(route.name().len() as u8);
            file.extend(route.name().as_bytes());
        }
        let Thresholds { answer, hint } = self.thresholds;
        for number in self.bias.into_iter().chain([self.scale, answer, hint]) {
            file.extend(number.to_le_bytes());
        }
        file.extend((classes.text.len() as u32).to_le_bytes());
        file.extend(classes.text.as_bytes());
        for present in &self.present {
            file.extend(present.bits.to_le_bytes());
        }
        for packed in &self.packed {
            file.extend(packed.to_le_bytes());
        }
        let hash = blake3::hash(&file);
        file.extend(hash.as_bytes());
        file
    }
}

/// What a net is loaded from.
pub(super) fn load(bytes: &[u8]) -> Result<(Weights, Classes), NetError> {
    let (rest, hash) = bytes
        .split_last_chunk::<{ blake3::OUT_LEN }>()
        .ok_or(NetError::Short)?;
    let mut rest = rest;
    let whole = rest;
    let magic: [u8; 4] = take(&mut rest)?;
    if &magic != MAGIC {
        return Err(NetError::Foreign);
    }
    let version = u16::from_le_bytes(take(&mut rest)?);
    if version != VERSION {
        return Err(NetError::Version(version));
    }
    if blake3::hash(whole).as_bytes() != hash {
        return Err(NetError::Damaged);
    }
    let buckets = u32::from_le_bytes(take(&mut rest)?);
    if buckets != BUCKETS {
        return Err(NetError::Buckets(buckets));
    }
    let [routes] = take(&mut rest)?;
    let mut names = Vec::new();
    for _ in 0..routes {
        let [length] = take(&mut rest)?;
        names.push(text(&mut rest, usize::from(length))?);
    }
    if !names.iter().copied().eq(Route::ALL.map(Route::name)) {
        return Err(NetError::Routes(names.join(", ")));
    }
    let mut number = || take(&mut rest).map(f64::from_le_bytes);
    let bias = [number()?, number()?, number()?, number()?];
    let scale = number()?;
    let thresholds = Thresholds {
        answer: number()?,
        hint: number()?,
    };
    let finite = bias.iter().chain([&scale]).all(|it| it.is_finite());
    if !(finite && 0.0 < thresholds.hint && thresholds.hint <= thresholds.answer) {
        return Err(NetError::Numbers);
    }
    let length = u32::from_le_bytes(take(&mut rest)?);
    let classes = Classes::parse(text(&mut rest, length as usize)?)
        .map_err(|(line, what)| NetError::Classes { line, what })?;
    let mut present = vec![0; WORDS];
    for bits in &mut present {
        *bits = u64::from_le_bytes(take(&mut rest)?);
    }
    let kept: u32 = present.iter().map(|bits| bits.count_ones()).sum();
    let (pairs, over) = rest.as_chunks::<2>();
    if pairs.len() != kept as usize || !over.is_empty() {
        return Err(NetError::Length {
            expected: 2 * kept as usize,
            found: rest.len(),
        });
    }
    let weights = Weights {
        bias,
        scale,
        thresholds,
        present: counted(present),
        packed: pairs.iter().copied().map(u16::from_le_bytes).collect(),
    };
    Ok((weights, classes))
}

/// How many words of 64 bits have a bit for each bucket.
const WORDS: usize = BUCKETS.div_ceil(64) as usize;

/// Each with how many bits are set before it.
fn counted(bits: Vec<u64>) -> Vec<Present> {
    let mut sum = 0;
    let counted = |bits: u64| {
        let before = sum;
        sum += bits.count_ones();
        Present { bits, before }
    };
    bits.into_iter().map(counted).collect()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], NetError> {
    let (taken, after) = rest.split_first_chunk::<N>().ok_or(NetError::Short)?;
    *rest = after;
    Ok(*taken)
}

fn text<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a str, NetError> {
    let (taken, after) = rest.split_at_checked(length).ok_or(NetError::Short)?;
    *rest = after;
    std::str::from_utf8(taken).map_err(|_| NetError::Foreign)
}

/// Why bytes are no weights of the net.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// They end too early.
    #[error("expected the weights of the crisis net, but they end before all is read")]
    Short,
    /// They are something else.
    #[error(
        "expected the weights of the crisis net, which begin with VENW, but this is another file"
    )]
    Foreign,
    /// Another version made them.
    #[error(
        "expected weights of version {VERSION}, but these are of version {0}: train them again"
    )]
    Version(u16),
    /// They are not as they were written.
    #[error(
        "the weights of the crisis net are damaged: their hash does not fit. Take them anew, or train them again"
    )]
    Damaged,
    /// They are for other features.
    #[error("expected weights for {BUCKETS} buckets, but these are for {0}: train them again")]
    Buckets(u32),
    /// They are for other routes.
    #[error(
        "expected weights for the routes zelfdoding, geweld, uitputting, naaste, but these are for: {0}"
    )]
    Routes(String),
    /// A number is none, or the hint asks for more than the answer.
    #[error(
        "expected finite numbers, and thresholds above 0 with that of the hint the lower; the weights have others"
    )]
    Numbers,
    /// The classes are not well written.
    #[error("the classes in the weights, line {line}: {what}")]
    Classes {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// There are more or fewer weights than buckets that have some.
    #[error("expected {expected} bytes of weights, found {found}")]
    Length {
        /// Two for each of these buckets.
        expected: usize,
        /// What there is.
        found: usize,
    },
}

impl fmt::Debug for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weights")
            .field("bias", &self.bias)
            .field("scale", &self.scale)
            .field("thresholds", &self.thresholds)
            .finish_non_exhaustive()
    }
}
