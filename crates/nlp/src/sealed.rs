//! The kind of file that every artifact is: a safetensors file, so that other languages read it
//! too, with one JSON header in its metadata, which ends with a checksum of all that stands before.
//!
//! Metadata has one key, because safetensors writes several in random order. What is refused is
//! told as a reason; each artifact makes its own error of it.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// The length of the checksum in bytes.
const CHECKSUM_LENGTH: usize = blake3::OUT_LEN;

/// What tells one kind of artifact from another.
pub(crate) struct SealedKind {
    /// The metadata key that holds the header.
    pub(crate) key: &'static str,
    /// The tensor that holds the checksum. Safetensors sorts by type and then by name: of the
    /// tensors of bytes its name must be the last, and no type smaller than a byte may be there.
    pub(crate) checksum: &'static str,
}

/// A tensor to be written: name, type, shape, bytes.
pub(crate) type TensorParts<'a> = (&'static str, Dtype, Vec<usize>, &'a [u8]);

/// A file whose checksum is right.
pub(crate) struct SealedFile<'a> {
    header: String,
    tensors: SafeTensors<'a>,
}

impl SealedKind {
    /// The bytes of an artifact. Equal headers and tensors give equal bytes.
    pub(crate) fn write(&self, header: &impl Serialize, tensors: &[TensorParts<'_>]) -> Result<Vec<u8>, String> {
        let header = serde_json::to_string(header).map_err(told)?;
        let mut views = Vec::with_capacity(tensors.len() + 1);
        for (name, dtype, shape, data) in tensors {
            views.push((*name, TensorView::new(*dtype, shape.clone(), data).map_err(told)?));
        }
        let blank = [0; CHECKSUM_LENGTH];
        views.push((self.checksum, TensorView::new(Dtype::U8, vec![CHECKSUM_LENGTH], &blank).map_err(told)?));
        let metadata = HashMap::from([(self.key.to_owned(), header)]);
        let mut bytes = safetensors::serialize(views, Some(metadata)).map_err(told)?;
        if let Some((content, checksum)) = bytes.split_last_chunk_mut::<CHECKSUM_LENGTH>() {
            *checksum = *blake3::hash(content).as_bytes();
        }
        Ok(bytes)
    }

    /// Reads a file and checks its checksum.
    pub(crate) fn read<'a>(&self, bytes: &'a [u8]) -> Result<SealedFile<'a>, String> {
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM_LENGTH>().ok_or("shorter than a checksum")?;
        if blake3::hash(content) != *checksum {
            return Err("the checksum does not match".to_owned());
        }
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(told)?;
        let header = metadata.metadata().as_ref().and_then(|metadata| metadata.get(self.key)).cloned();
        let header = header.ok_or("a safetensors file of something else")?;
        let file = SealedFile { header, tensors: SafeTensors::deserialize(bytes).map_err(told)? };
        file.tensor(self.checksum, Dtype::U8, &[CHECKSUM_LENGTH])?;
        Ok(file)
    }
}

impl<'a> SealedFile<'a> {
    /// The header, or the part of it that every version has.
    pub(crate) fn header<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_str(&self.header).map_err(told)
    }

    /// Refuses a file that has another number of tensors beside its checksum.
    pub(crate) fn has_tensors(&self, count: usize) -> Result<(), String> {
        if self.tensors.len() == count + 1 { Ok(()) } else { Err("it has other tensors than it should".to_owned()) }
    }

    /// The shape of a tensor.
    pub(crate) fn shape(&self, name: &str) -> Result<Vec<usize>, String> {
        Ok(self.tensors.tensor(name).map_err(told)?.shape().to_vec())
    }

    /// A tensor's bytes, if it has this type and shape.
    pub(crate) fn tensor(&self, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&'a [u8], String> {
        let tensor = self.tensors.tensor(name).map_err(told)?;
        if tensor.dtype() != dtype || tensor.shape() != shape {
            let (found, found_shape) = (tensor.dtype(), tensor.shape());
            return Err(format!("tensor `{name}` is {found} {found_shape:?} and should be {dtype} {shape:?}"));
        }
        Ok(tensor.data())
    }

    /// The values of a tensor of signed bytes.
    pub(crate) fn signed(&self, name: &str, shape: &[usize]) -> Result<Vec<i8>, String> {
        Ok(self.tensor(name, Dtype::I8, shape)?.iter().map(|byte| byte.cast_signed()).collect())
    }

    /// The values of a float tensor, all within `range`, which excludes what is no number.
    pub(crate) fn floats(&self, name: &str, shape: &[usize], range: RangeInclusive<f32>) -> Result<Vec<f32>, String> {
        let bytes = self.tensor(name, Dtype::F32, shape)?;
        let values: Vec<f32> = bytes.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect();
        match values.iter().find(|value| !range.contains(value)) {
            Some(value) => Err(format!("tensor `{name}` holds {value}, out of range")),
            None => Ok(values),
        }
    }
}

/// Refuses a version that this build does not read.
pub(crate) fn supports(what: &'static str, found: u64, supported: u32) -> Result<(), Error> {
    if found == u64::from(supported) { Ok(()) } else { Err(Error::UnsupportedVersion { what, found, supported }) }
}

pub(crate) fn little_endian(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

pub(crate) fn unsigned(values: &[i8]) -> Vec<u8> {
    values.iter().map(|value| value.cast_unsigned()).collect()
}

fn told(reason: impl ToString) -> String {
    reason.to_string()
}
