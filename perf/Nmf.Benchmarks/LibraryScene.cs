using System.Buffers.Binary;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// Synthetic scenes of library spectra that have what real ones have: a dark material, light that changes over the
/// picture, spectra that vary from pixel to pixel, noise; each with its truth.
/// </summary>
internal sealed record LibraryScene(
    Matrix<float> Pixels, Matrix<float> Spectra, Matrix<float> Abundances, double[] Light)
{
    internal const int Side = 40;

    public int Rank => Spectra.Columns;

    /// <param name="library">Spectra, bands x spectra.</param>
    /// <param name="seed">Seed; also decides which spectra, how many (3 to 6), the noise (25 to 35 dB) and how
    /// pure.</param>
    /// <param name="shaded">Whether the light changes, from 0.3 to 1.</param>
    /// <param name="variability">Deviation of the spectra from pixel to pixel, relative.</param>
    /// <param name="part">0 for the even, 1 for the odd spectra of the library.</param>
    public static LibraryScene Create(Matrix<float> library, int seed, bool shaded, double variability, int part)
    {
        var random = new Random(seed + (10_000 * part));
        var rank = random.Next(3, 7);
        var spectra = Pick(library, rank, part, random);
        var (pixels, bands) = (Side * Side, spectra.Rows);
        var (width, sharpness) = (2 + (3 * random.NextDouble()), 2.5 + (2.5 * random.NextDouble()));
        var fields = Enumerable.Range(0, rank).Select(_ => Field(width, random)).ToArray();
        var abundances = new Matrix<float>(pixels, rank);
        for (var n = 0; n < pixels; n++)
        {
            var sum = fields.Sum(field => Math.Exp(sharpness * field[n]));
            for (var k = 0; k < rank; k++)
                abundances[n, k] = (float)(Math.Exp(sharpness * fields[k][n]) / sum);
        }

        var light = Field(Side / 8.0, random);
        var (least, most) = (light.Min(), light.Max());
        light = Array.ConvertAll(light, x => shaded ? 0.3 + (0.7 * (x - least) / (most - least)) : 1);
        var values = new double[pixels, bands];
        double squares = 0;
        var gain = new double[bands];
        for (var n = 0; n < pixels; n++)
        {
            for (var k = 0; k < rank; k++)
            {
                Gain(gain, variability, random);
                for (var f = 0; f < bands; f++)
                    values[n, f] += light[n] * abundances[n, k] * spectra[f, k] * gain[f];
            }

            for (var f = 0; f < bands; f++)
                squares += values[n, f] * values[n, f];
        }

        var deviation = Math.Sqrt(squares / values.Length) * Math.Pow(10, -(25 + (10 * random.NextDouble())) / 20);
        var picture = new Matrix<float>(pixels, bands);
        for (var n = 0; n < pixels; n++)
        {
            for (var f = 0; f < bands; f++)
                picture[n, f] = (float)Math.Max(0, values[n, f] + (deviation * Normal(random)));
        }

        return new LibraryScene(picture, spectra, abundances, light);
    }

    public static Matrix<float>? Library()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(
                folder.FullName, "shared", "data", "hyperspectral", "usgs_library", "spectra_224x498_float32.npy");
            if (!File.Exists(path))
                continue;
            const int Bands = 224;
            var file = File.ReadAllBytes(path);
            var values = file.AsSpan(10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)));
            var library = new Matrix<float>(Bands, values.Length / sizeof(float) / Bands);
            for (var k = 0; k < library.Columns; k++)
            {
                for (var f = 0; f < Bands; f++)
                    library[f, k] = BinaryPrimitives.ReadSingleLittleEndian(
                        values[(sizeof(float) * ((k * Bands) + f))..]);
            }

            return library;
        }

        return null;
    }

    /// <summary>Mean angle (radians) and root mean square error of the abundances after matching.</summary>
    public (double Angle, double Error) Score(Matrix<float> spectra, Matrix<float> abundances)
    {
        var matching = ComponentMatching.Match(Spectra, spectra, ComponentDistance.SpectralAngle);
        return (matching.MeanDistance,
            ReconstructionQuality.RootMeanSquareError(Abundances, matching.Reorder(abundances)));
    }

    /// <summary>VCA as its paper has it, with vertices in the subspace, and constrained least squares.</summary>
    public (Matrix<float> Spectra, Matrix<float> Abundances) VertexComponents(WorkTeam team)
    {
        var (data, rank) = (NmfData<float>.FromMatrix(Pixels), Rank);
        var picked = SeparableNmf.Pick(data, rank, EndmemberSearch.VertexComponentAnalysis);
        var space = SceneSubspace.Of(data, rank, 0, team, CancellationToken.None);
        var vertices = new Matrix<double>(rank, rank);
        for (var k = 0; k < rank; k++)
        {
            for (var d = 0; d < rank; d++)
                vertices[d, k] = space.Points[picked[k], d];
        }

        var spectra = space.Spectra<float>(vertices);
        var abundances = new Matrix<float>(data.Samples, rank);
        new AbundanceNmf().CreateRowSolver(spectra, new InferenceOptions())
            .SolveAll(data.Dense!, abundances, team, CancellationToken.None);
        return (spectra, abundances);
    }

    private static Matrix<float> Pick(Matrix<float> library, int rank, int part, Random random)
    {
        var means = new double[library.Columns];
        FactorKernels.ColumnSums(library, means);
        int[] own = [.. Enumerable.Range(0, library.Columns).Where(k => k % 2 == part)];
        int[] bright = Array.FindAll(own, k => means[k] / library.Rows > 0.2);
        int[] dark = Array.FindAll(own, k => means[k] / library.Rows is > 0.02 and < 0.09);
        while (true)
        {
            random.Shuffle(bright);
            int[] chosen = [.. bright[..(rank - 1)], dark[random.Next(dark.Length)]];
            var spectra = new Matrix<float>(library.Rows, rank);
            for (var f = 0; f < library.Rows; f++)
            {
                for (var k = 0; k < rank; k++)
                    spectra[f, k] = library[f, chosen[k]];
            }

            if (Enumerable.Range(0, rank).All(j => Enumerable.Range(0, j).All(k => Angle(spectra, j, k) > 0.12)))
                return spectra;
        }
    }

    private static double Angle(Matrix<float> spectra, int j, int k)
    {
        double product = 0, a = 0, b = 0;
        for (var f = 0; f < spectra.Rows; f++)
        {
            product += spectra[f, j] * spectra[f, k];
            a += spectra[f, j] * spectra[f, j];
            b += spectra[f, k] * spectra[f, k];
        }

        return Math.Acos(Math.Min(1, product / Math.Sqrt(a * b)));
    }

    // A smooth field of unit variance: noise under a Gaussian window that wraps around.
    internal static double[] Field(double width, Random random)
    {
        var (noise, reach) = (new double[Side, Side], (int)Math.Ceiling(3 * width));
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
                noise[y, x] = Normal(random);
        }

        for (var pass = 0; pass < 2; pass++)
        {
            var smooth = new double[Side, Side];
            for (var y = 0; y < Side; y++)
            {
                for (var x = 0; x < Side; x++)
                {
                    for (var d = -reach; d <= reach; d++)
                        smooth[x, y] += noise[y, (x + d + (4 * Side)) % Side]
                            * Math.Exp(-0.5 * d * d / (width * width));
                }
            }

            noise = smooth;
        }

        var field = noise.Cast<double>().ToArray();
        var mean = field.Average();
        var deviation = Math.Sqrt(field.Average(x => (x - mean) * (x - mean)));
        return Array.ConvertAll(field, x => (x - mean) / deviation);
    }

    // Half of the variance is a factor for all bands, half a slow change over them.
    private static void Gain(double[] gain, double variability, Random random)
    {
        var part = variability * Math.Sqrt(0.5);
        Array.Fill(gain, 1 + (part * Normal(random)));
        for (var wave = 1; wave <= 4 && part > 0; wave++)
        {
            var (a, b) = (Normal(random) / 2, Normal(random) / 2);
            for (var f = 0; f < gain.Length; f++)
            {
                var (sin, cos) = Math.SinCos(Math.PI * wave * f / gain.Length);
                gain[f] += part * ((a * cos) + (b * sin));
            }
        }
    }

    internal static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
