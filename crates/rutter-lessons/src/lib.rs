//! rutter-lessons
