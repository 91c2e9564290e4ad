//! The page's program.

fn main() {
    certlens_web::app::run();
}
