namespace PianoDecomposition.Report; internal static class HtmlReport { public static void Write(string p, object a, object b, object c, object d, object e, System.TimeSpan f) { } }
