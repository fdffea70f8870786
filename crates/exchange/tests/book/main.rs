//! The book against a plain one, over random histories; and views, which never change.

mod histories;
mod plain;
mod views;
