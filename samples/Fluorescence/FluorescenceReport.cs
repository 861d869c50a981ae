using Nmf;

namespace Fluorescence;

/// <summary>The page: what was measured, how many dyes there are, what a tensor and a matrix find.</summary>
internal static class FluorescenceReport
{
    private const int Zoom = 3;

    public static Table Ranks(IEnumerable<RankRow> rows)
    {
        var table = new Table("components", "explained", "held out");
        foreach (var row in rows)
            table.Add(
                $"{row.Rank}", Format.Percent(row.Explained), Format.Figure(row.HeldOut, 4));
        return table;
    }

    public static Table Comparison(Found tensor, Found matrix)
    {
        var table = new Table("", "spectra, tensor", "spectra, matrix", "amounts, tensor", "amounts, matrix");
        for (var dye = 0; dye < Mixtures.Dyes; dye++)
            table.Add(
                $"dye {dye + 1}", Format.Figure(tensor.PictureCosines[dye]), Format.Figure(matrix.PictureCosines[dye]),
                Format.Figure(tensor.AmountCosines[dye]), Format.Figure(matrix.AmountCosines[dye]));
        return table;
    }

    public static HtmlPage Create(
        Mixtures mixtures, IReadOnlyList<RankRow> ranks, TensorNmfModel<double> model, Found tensor, Found matrix)
    {
        var page = new HtmlPage(
            "Dyes in mixtures",
            $"{mixtures.Amounts.Length} mixtures of {Mixtures.Dyes} dyes whose spectra overlap, measured at "
            + $"{mixtures.Excitations.Length} excitation and {mixtures.Emissions.Length} emission wavelengths: a "
            + "tensor of photon counts, factorised without any spectrum known.");
        page.Section(
            "Three of the mixtures",
            Html.SideBySide(Enumerable.Range(0, 3).Select(n => Picture(
                mixtures, Sample(mixtures, n), $"mixture {n + 1}", $"Counts of mixture {n + 1}."))),
            Html.Note(
                "Excitation downwards, emission to the right. White: scattered light hides what is there, or nothing "
                + "can be emitted; these entries are missing and take no part."));
        page.Section(
            "How many dyes?", Ranks(ranks).ToHtml(),
            Html.Note(
                "Held out: Kullback-Leibler divergence of each entry, one of twenty, that the fit has not seen; the "
                + "lowest tells the number. The explained part only rises."));
        page.Section(
            "What was found",
            Html.SideBySide(Enumerable.Range(0, Mixtures.Dyes).Select(dye => Html.SideBySide(
                Picture(mixtures, mixtures.Picture(dye), $"dye {dye + 1}", $"Dye {dye + 1} alone."),
                Picture(mixtures, tensor.Pictures[dye], "tensor", $"Component of the tensor for dye {dye + 1}."),
                Picture(mixtures, matrix.Pictures[dye], "matrix", $"Component of the matrix for dye {dye + 1}.")))),
            Comparison(tensor, matrix).ToHtml(),
            Html.Note(
                "Cosine with the truth, of the pictures where something was measured and of the amounts in the "
                + "mixtures. A component of the tensor is one spectrum times another; one of the matrix may be any "
                + "picture, also a mix of two dyes."));
        page.Section(
            "Spectra", Html.SideBySide(Spectra(mixtures, model, 1), Spectra(mixtures, model, 2)),
            Html.Note(
                "A wavelength at which everything that a dye could show is hidden by scattered light, such as emission "
                + "below its excitation, has no data: spikes there mean nothing."));
        return page;
    }

    private static string Spectra(Mixtures mixtures, TensorNmfModel<double> model, int mode)
    {
        var (x, name) = mode == 1 ? (mixtures.Excitations, "excitation") : (mixtures.Emissions, "emission");
        return Html.Chart(
            Chart.Lines(
                "nm", "intensity, norm 1",
                [.. Enumerable.Range(0, model.Rank).Select(k => ($"{k + 1}", x, Enumerable.Range(0, x.Length)
                    .Select(i => model.Factors[mode][i, k]).ToArray()))]),
            $"Columns of the {name} factor", $"The {name} spectra of the components.");
    }

    private static double[] Sample(Mixtures mixtures, int n)
    {
        var pixels = mixtures.Excitations.Length * mixtures.Emissions.Length;
        return mixtures.Counts[(n * pixels)..((n + 1) * pixels)];
    }

    private static string Picture(Mixtures mixtures, double[] values, string caption, string alternative)
    {
        var width = mixtures.Emissions.Length;

        // What no mixture shows is hidden here, too: there a component may be anything.
        var largest = values.Where((_, pixel) => !double.IsNaN(mixtures.Counts[pixel])).Max();
        return Html.SmallPicture(
            Pictures.Draw(
                width, mixtures.Excitations.Length,
                (x, y) => double.IsNaN(mixtures.Counts[(y * width) + x])
                    ? SkiaSharp.SKColors.White : Palette.Heat(Math.Min(1, values[(y * width) + x] / largest)),
                Zoom),
            caption, alternative);
    }
}
