using PartsOfObjects.Decompositions;
using PartsOfObjects.Images;
using SkiaSharp;

namespace PartsOfObjects.Report;

/// <summary>The tutorial's figure: components, the weights of one image, and what they add up to, for every
/// decomposition; then that image as a sum of its parts.</summary>
internal sealed class PartsReport(ImageSet images, IReadOnlyList<Decomposition> decompositions, int shown)
{
    // Sides of the drawn pictures, about: few pixels are drawn large.
    private const int MosaicSide = 280;
    private const double LeastPart = 1e-3;
    private const int PartSide = 96;
    private const int MostExamples = 32;
    private const int MostTerms = 6;

    public void Write(string path, Table numbers)
    {
        var parts = decompositions[0];
        var page = new HtmlPage(
            "Parts of objects",
            $"{Format.Count(images.Count)} {images.What} of {images.Width} x {images.Height} pixels, "
            + $"and {parts.Components.Length} components of each kind, after figure 1 of Lee and Seung, "
            + "\"Learning the parts of objects by non-negative matrix factorization\" (1999).")
        {
            Style = """
                .equation { display: flex; flex-wrap: wrap; gap: 14px 18px; align-items: center; }
                .equation .term { display: flex; gap: 18px; align-items: center; }
                .equation .sign { font-size: 30px; color: #5a6875; }
                .equation figure.small { flex: 0 0 auto; }
                .equation figure.small img { max-width: none; border: 1px solid #dde3e8; }
                .equation figure.small figcaption { min-height: 2.9em; display: flex; align-items: flex-end; }
                .equation figcaption { font-weight: 400; color: #5a6875; font-size: 13px; }
                """,
        };
        page.Section(
            "The images",
            Picture(
                Enumerable.Range(0, Math.Min(MostExamples, images.Count))
                    .Select(i => images.Rows[i * images.Count / Math.Min(MostExamples, images.Count)]),
                images.Palette, 16, 1040, "", "Some of the images."));
        foreach (var decomposition in decompositions)
            page.Section(decomposition.Name, Html.Note(decomposition.Rule), Figure(decomposition));
        page.Section(
            $"Image {shown} as the sum of its parts", Sum(parts),
            Html.Note("The number above a part is its weight; all pictures in this row have one scale, "
                + "so that they add up as the eye sees them. Parts of small weight are drawn together."));
        page.Section(
            "Numbers", numbers.ToHtml(),
            Html.Note(
                "Relative error: Frobenius norm of what is left, over that of the images. No approximation of this "
                + "rank around the mean has a smaller one than exact principal components; ML.NET's are found by "
                + "random projection, which comes near. Sparseness (Hoyer 2004) is 0 when all magnitudes are equal and "
                + "1 when only one is not zero: of the pixels of a component, and of the weights of an image."));
        if (images.Remark.Length > 0)
            page.Section("What cannot be told apart", Html.Paragraph(images.Remark));
        page.Save(path);
    }

    // Components x weights = image: the weights stand where their components do.
    private string Figure(Decomposition decomposition)
    {
        var across = (int)Math.Ceiling(Math.Sqrt(decomposition.Components.Length));
        Func<double, SKColor> palette = decomposition.IsSigned ? Palette.Diverging : images.Palette;
        var weights = Pictures.Scaled(decomposition.Weights[shown]);
        var zoom = Zoom(across * images.Width, MosaicSide);

        // A square for each weight, of the size of its component.
        var squares = weights.Select(weight => Enumerable.Repeat(weight, images.Pixels).ToArray());
        Func<double, SKColor> ofWeights = decomposition.IsSigned ? Palette.Diverging : Palette.Ink;
        var mosaic = Pictures.Mosaic([.. squares], images.Width, across, ofWeights, zoom);
        var legend = decomposition.IsSigned ? "weights: red is negative" : "weights: black is the largest";
        var sum = decomposition.Mean is null ? "their sum" : "with the mean image";
        var components = decomposition.Components.Select(c => Pictures.Scaled(c));
        return $"""
            <div class="equation">
            {Picture(components, palette, across, MosaicSide, "components", $"The components of {decomposition.Name}.")}
            {Term("×", Html.SmallPicture(mosaic, legend, "The weights of one image."))}
            {Term("=", Part(decomposition.Reconstruct(shown), sum))}
            {Part(images.Rows[shown], $"image {shown}")}
            </div>
            """;
    }

    private string Sum(Decomposition parts)
    {
        var weights = parts.Weights[shown];

        // By what they contribute, not by weight alone: components need not have the same brightness.
        var order = Enumerable.Range(0, weights.Length)
            .OrderByDescending(Contribution).Where(k => weights[k] > 0).ToArray();
        var least = LeastPart * order.Select(Contribution).DefaultIfEmpty().Max();
        var terms = order.Where(k => Contribution(k) > least).Take(MostTerms).ToArray();
        var html = terms.Select(k => Part(parts.Reconstruct(shown, [k]), Format.Figure(weights[k], 2))).ToList();
        if (order.Skip(terms.Length).Sum(Contribution) > least)
            html.Add(Part(parts.Reconstruct(shown, order.Skip(terms.Length)), $"{order.Length - terms.Length} more"));
        return $"""
            <div class="equation">
            {Part(images.Rows[shown], $"image {shown}")}
            {string.Join('\n', html.Select((part, i) => Term(i == 0 ? "≈" : "+", part)))}
            {Term("=", Part(parts.Reconstruct(shown), "their sum"))}
            </div>
            """;

        double Contribution(int k) => weights[k] * (double)parts.Components[k].Sum();
    }

    // A sign stays with what follows it where a line is too narrow.
    private static string Term(string sign, string picture)
        => $"<div class=\"term\"><span class=\"sign\">{sign}</span>{picture}</div>";

    private string Part(float[] values, string caption)
        => Picture([values], images.Palette, 1, PartSide, caption, caption);

    private string Picture(
        IEnumerable<float[]> values, Func<double, SKColor> palette, int across, int side, string caption,
        string alternative)
        => Html.SmallPicture(
            Pictures.Mosaic([.. values], images.Width, across, palette, Zoom(across * images.Width, side)), caption,
            alternative);

    private static int Zoom(int pixels, int side) => Math.Max(1, (int)Math.Round((double)side / pixels));
}
