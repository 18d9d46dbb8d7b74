//! Samples of who speaks in Indonesian news, where a verb may have its speaker hung on: "katanya".

use super::phenomena::each;

#[test]
fn a_clitic_means_a_person_and_no_place_or_body() {
    each(&[
        (
            "id",
            "Wakil negara itu, Eduardo Rojas, menolak tuduhan Bolivia.\n\n“Kami hanya meminta jalan ke laut,” katanya.",
            &[("Eduardo Rojas", "Kami hanya meminta jalan ke laut")],
        ),
        (
            "id",
            "Sari Utami menggugat Bank Samudra di Jakarta.\n\n“Saya hanya ingin uang saya kembali,” ujarnya.",
            &[("Sari Utami", "Saya hanya ingin uang saya kembali")],
        ),
        (
            "id",
            "Rina Wijaya bekerja untuk Kementerian Kelautan di Semarang.\n\n“Pelabuhan itu sudah penuh,” tutur dia.",
            &[("Rina Wijaya", "Pelabuhan itu sudah penuh")],
        ),
        (
            "id",
            "Budi Hartono tiba dari Surabaya. Menurut dia, “kapal itu tidak layak jalan.”",
            &[("Budi Hartono", "kapal itu tidak layak jalan")],
        ),
    ]);
}

#[test]
fn an_office_and_what_it_is_of_stand_before_the_name() {
    each(&[
        ("id", "“Jalan itu akan dibuka,” kata Gubernur Jawa Barat Dadang Surjana.", &[("Dadang Surjana", "Jalan itu akan dibuka")]),
        ("id", "“Jalan itu akan dibuka,” ujar Bupati Bantul Sari Utami, Senin.", &[("Sari Utami", "Jalan itu akan dibuka")]),
        ("id", "“Jalan itu akan dibuka,” kata Menteri Keuangan Rina Wijaya.", &[("Rina Wijaya", "Jalan itu akan dibuka")]),
        ("id", "“Jalan itu akan dibuka,” kata Menteri Dalam Negeri Budi Hartono.", &[("Budi Hartono", "Jalan itu akan dibuka")]),
        ("id", "“Jalan itu akan dibuka,” kata Jaksa Agung Budi Hartono.", &[("Budi Hartono", "Jalan itu akan dibuka")]),
        (
            "id",
            "“Jalan itu akan dibuka,” kata Juru Bicara Kementerian Perhubungan, Budi Hartono.",
            &[("Budi Hartono", "Jalan itu akan dibuka")],
        ),
        ("id", "“Jalan itu akan dibuka,” ucap Direktur Utama PT Samudra Raya Rina Wijaya.", &[("Rina Wijaya", "Jalan itu akan dibuka")]),
        ("id", "“Jalan itu akan dibuka,” kata Kapolres Bogor AKBP Budi Hartono.", &[("Budi Hartono", "Jalan itu akan dibuka")]),
        ("id", "“Jalan itu akan dibuka,” kata Ketua Umum Partai Laut H. Budi Hartono.", &[("Budi Hartono", "Jalan itu akan dibuka")]),
    ]);
}

#[test]
fn whoever_spoke_goes_on() {
    each(&[
        (
            "id",
            "“Harga ikan naik,” kata Sari Utami, pedagang di Tuban. “Pembeli berkurang,” imbuhnya.",
            &[("Sari Utami", "Harga ikan naik"), ("Sari Utami", "Pembeli berkurang")],
        ),
        (
            "id",
            "Kepala Dinas Perikanan Tuban, Budi Hartono, meninjau pasar itu.\n\n“Kami akan membantu,” katanya kepada wartawan.\n\nDia menambahkan, “Bantuan datang pekan depan.”",
            &[("Budi Hartono", "Kami akan membantu"), ("Budi Hartono", "Bantuan datang pekan depan")],
        ),
    ]);
}
