//! rutter-diagnosis
