using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Synthetic scenes whose few spectra are somewhere in a large library, with their truth.</summary>
/// <param name="Pixels">Pixels x bands, row after row of a square picture.</param>
/// <param name="Library">Spectra of the library.</param>
/// <param name="Chosen">Which of them are in the picture, increasing.</param>
/// <param name="Abundances">Pixels x chosen, with sum one.</param>
internal sealed record SparseScene(
    Matrix<float> Pixels, KnownComponents Library, int[] Chosen, Matrix<float> Abundances)
{
    // Radians between two materials of a scene, at least.
    private const double LeastAngle = 0.09;

    private const int Side = LibraryScene.Side;

    /// <param name="spectra">All spectra, bands x spectra.</param>
    /// <param name="seed">Seed; also decides which spectra and how many (3 to 6).</param>
    /// <param name="size">Number of spectra of the library.</param>
    /// <param name="decibels">Signal to noise; null for 25 to 35 by the seed.</param>
    /// <param name="hasEdges">Whether materials meet in straight lines, within fields of even mixture; otherwise their
    /// abundances change smoothly.</param>
    /// <param name="loudest">Deviation of the noise in a tenth of the bands, neighbours, in units of that in the
    /// others.</param>
    public static SparseScene Create(
        Matrix<float> spectra, int seed, int size, double? decibels = null, bool hasEdges = false, double loudest = 1)
    {
        var random = new Random(seed);
        var rank = random.Next(3, 7);
        var order = Enumerable.Range(0, spectra.Columns).ToArray();
        random.Shuffle(order);
        var library = new float[size][];
        for (var m = 0; m < size; m++)
            library[m] = [.. Enumerable.Range(0, spectra.Rows).Select(f => spectra[f, order[m]])];
        var chosen = Choose(library, rank, random);
        var abundances = hasEdges ? Fields(rank, random) : Smooth(rank, random);
        var values = new double[Side * Side, spectra.Rows];
        double squares = 0;
        for (var n = 0; n < values.GetLength(0); n++)
        {
            for (var f = 0; f < spectra.Rows; f++)
            {
                for (var k = 0; k < rank; k++)
                    values[n, f] += abundances[n, k] * library[chosen[k]][f];
                squares += values[n, f] * values[n, f];
            }
        }

        var noise = decibels ?? (25 + (10 * random.NextDouble()));
        var deviation = Math.Sqrt(squares / values.Length) * Math.Pow(10, -noise / 20);
        var (loud, count) = (random.Next(spectra.Rows * 9 / 10), spectra.Rows / 10);
        deviation /= Math.Sqrt(1 + (((loudest * loudest) - 1) * count / spectra.Rows));
        var pixels = new Matrix<float>(Side * Side, spectra.Rows);
        for (var n = 0; n < pixels.Rows; n++)
        {
            for (var f = 0; f < spectra.Rows; f++)
                pixels[n, f] = (float)Math.Max(
                    0, values[n, f] + (deviation * (f >= loud && f < loud + count ? loudest : 1)
                        * LibraryScene.Normal(random)));
        }

        return new SparseScene(pixels, KnownComponents.FromColumns(library), chosen, abundances);
    }

    /// <summary>The chosen spectra alone.</summary>
    public KnownComponents Materials
        => KnownComponents.FromColumns([.. Chosen.Select(m => Library.Column(m).ToArray())]);

    /// <summary>Root mean square error of abundances over the whole library, for each pixel and material that is in
    /// the picture: what goes to wrong spectra counts, too.</summary>
    /// <param name="spectra">For each column of the abundances its number in the library.</param>
    /// <param name="found">Pixels x these.</param>
    public double Error(IReadOnlyList<int> spectra, Matrix<float> found)
    {
        double sum = 0;
        for (var n = 0; n < found.Rows; n++)
        {
            for (var k = 0; k < spectra.Count; k++)
            {
                var place = Array.IndexOf(Chosen, spectra[k]);
                sum += Math.Pow(found[n, k] - (place < 0 ? 0 : Abundances[n, place]), 2);
            }

            for (var k = 0; k < Chosen.Length; k++)
                sum += spectra.Contains(Chosen[k]) ? 0 : Math.Pow(Abundances[n, k], 2);
        }

        return Math.Sqrt(sum / found.Rows / Chosen.Length);
    }

    /// <summary>Mean share of the materials in pixels picked for them, each material at most once and those without a
    /// pixel with zero.</summary>
    public double Purity(int[] pixels)
    {
        var best = new double[Chosen.Length];
        foreach (var n in pixels)
        {
            var main = 0;
            for (var k = 1; k < best.Length; k++)
                main = Abundances[n, k] > Abundances[n, main] ? k : main;
            best[main] = Math.Max(best[main], Abundances[n, main]);
        }

        return best.Average();
    }

    private static int[] Choose(float[][] library, int rank, Random random)
    {
        while (true)
        {
            var chosen = Enumerable.Range(0, library.Length).ToArray();
            random.Shuffle(chosen);
            chosen = [.. chosen[..rank].Order()];
            if (chosen.All(
                j => chosen.All(k => j == k || SpectralAngle.Radians<float>(library[j], library[k]) > LeastAngle)))
                return chosen;
        }
    }

    private static Matrix<float> Smooth(int rank, Random random)
    {
        var fields = Enumerable.Range(0, rank).Select(_ => LibraryScene.Field(3, random)).ToArray();
        var abundances = new Matrix<float>(Side * Side, rank);
        for (var n = 0; n < abundances.Rows; n++)
        {
            var sum = fields.Sum(field => Math.Exp(1.5 * field[n]));
            for (var k = 0; k < rank; k++)
                abundances[n, k] = (float)(Math.Exp(1.5 * fields[k][n]) / sum);
        }

        return abundances;
    }

    // Fields of eight pixels, each with a mixture of its own, some of them pure.
    private static Matrix<float> Fields(int rank, Random random)
    {
        const int Width = 8;
        var across = (Side + Width - 1) / Width;
        var mixtures = new double[across * across][];
        for (var i = 0; i < mixtures.Length; i++)
        {
            mixtures[i] = [.. Enumerable.Range(0, rank).Select(_ => -Math.Log(1 - random.NextDouble()))];
            if (i % 3 == 0)
                mixtures[i] = [.. Enumerable.Range(0, rank).Select(k => k == i % rank ? 1.0 : 0)];
        }

        var abundances = new Matrix<float>(Side * Side, rank);
        for (var n = 0; n < abundances.Rows; n++)
        {
            var mixture = mixtures[(n / Side / Width * across) + (n % Side / Width)];
            for (var k = 0; k < rank; k++)
                abundances[n, k] = (float)(mixture[k] / mixture.Sum());
        }

        return abundances;
    }
}
