//! The index of all checks: written by `cargo xtask codegen`, which finds them under `checks/`. Do not edit.

use crate::Check;

#[path = "../checks/pod/env-twice/mod.rs"]
mod env_twice;
#[path = "../checks/image/image-tag/mod.rs"]
mod image_tag;

/// Every check, by id.
pub static CHECKS: &[&Check] = &[&env_twice::CHECK, &image_tag::CHECK];
