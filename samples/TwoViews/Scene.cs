using Nmf;
using Nmf.Kernels;

namespace TwoViews;

/// <summary>How a scene is observed.</summary>
/// <param name="Rows">Moments with both views, from which is learnt.</param>
/// <param name="Light">Mean number of photons that a pixel gets: the fewer, the noisier the picture.</param>
/// <param name="Hidden">How often an event that is heard is not seen.</param>
internal sealed record Conditions(int Rows, double Light, double Hidden = 0.05);

/// <summary>
/// A made scene: six events, each with a spectrum and a picture of its own, several at a time. The sound is a power
/// spectrum, clear but with the scatter of such spectra; the picture is taken with little light.
/// </summary>
internal sealed class Scene
{
    public const int Events = 6;
    public const int Bands = 60;
    public const int Side = 12;
    public const int Pixels = Side * Side;

    // Moments without a picture, on which predictions are judged.
    public const int TestRows = 100;

    // Frames that a spectrum is the mean of.
    private const double Frames = 8;

    public Scene(Conditions conditions, int seed)
    {
        var random = new Random(seed);
        Spectra = Draw(random, Spectrum);
        Shapes = Draw(random, Shape);
        var rows = conditions.Rows + TestRows;
        var (sound, picture) = (new double[rows * Bands], new double[rows * Pixels]);
        var clear = new double[rows * Pixels];
        for (var n = 0; n < rows; n++)
        {
            var heard = Enumerable.Range(0, Events).Select(
                _ => random.NextDouble() < 0.4 ? 0.3 + Draws.Gamma(1, random) : 0).ToArray();
            heard[random.Next(Events)] += 0.3;
            var seen = heard.Select(h => random.NextDouble() < conditions.Hidden ? 0
                : h * Math.Exp(0.2 * Draws.Normal(random))).ToArray();
            Mix(heard, Spectra, sound.AsSpan(n * Bands, Bands), 0.02);
            Mix(seen, Shapes, clear.AsSpan(n * Pixels, Pixels), 0.02);
        }

        var unit = conditions.Light / clear.Average();
        for (var i = 0; i < clear.Length; i++)
        {
            clear[i] *= unit;
            picture[i] = Draws.Poisson(clear[i], random);
        }

        for (var i = 0; i < sound.Length; i++)
            sound[i] *= Draws.Gamma(Frames, random) / Frames;
        Sound = new Split(sound, Bands, conditions.Rows);
        Picture = new Split(picture, Pixels, conditions.Rows);
        Clear = new Split(clear, Pixels, conditions.Rows);
    }

    /// <summary>The spectrum of each event.</summary>
    public double[][] Spectra { get; }

    /// <summary>The picture of each event.</summary>
    public double[][] Shapes { get; }

    public Split Sound { get; }

    public Split Picture { get; }

    /// <summary>The picture without noise.</summary>
    public Split Clear { get; }

    private static double[][] Draw(Random random, Func<Random, int, double[]> draw)
        => [.. Enumerable.Range(0, Events).Select(k => draw(random, k))];

    // Harmonics that get weaker, or a hump of noise.
    private static double[] Spectrum(Random random, int number)
    {
        var spectrum = new double[Bands];
        if (number % 3 == 2)
        {
            var (centre, width) = (10 + (40 * random.NextDouble()), 4 + (6 * random.NextDouble()));
            for (var f = 0; f < Bands; f++)
                spectrum[f] = Math.Exp(-Math.Pow((f - centre) / width, 2));
            return spectrum;
        }

        var pitch = 3 + (6 * random.NextDouble());
        for (var harmonic = 1; harmonic * pitch < Bands; harmonic++)
        {
            for (var f = 0; f < Bands; f++)
                spectrum[f] += Math.Exp(-Math.Pow((f - (harmonic * pitch)) / 0.7, 2)) / harmonic;
        }

        return spectrum;
    }

    // A disc, a bar or a frame somewhere in the picture.
    private static double[] Shape(Random random, int number)
    {
        var (x, y, size) = (2 + random.Next(Side - 4), 2 + random.Next(Side - 4), 1.5 + random.NextDouble());
        return [.. Enumerable.Range(0, Pixels).Select(i =>
        {
            var (dx, dy) = ((i % Side) - x, (i / Side) - y);
            var isIn = (number % 3) switch
            {
                0 => Math.Sqrt((dx * dx) + (dy * dy)) <= size,
                1 => Math.Abs(dx) <= 1 && Math.Abs(dy) <= 2 * size,
                _ => Math.Max(Math.Abs(dx), Math.Abs(dy)) is 2,
            };
            return isIn ? 1.0 : 0;
        })];
    }

    private static void Mix(double[] weights, double[][] parts, Span<double> mixture, double floor)
    {
        for (var f = 0; f < mixture.Length; f++)
        {
            mixture[f] = floor;
            for (var k = 0; k < weights.Length; k++)
                mixture[f] += weights[k] * parts[k][f];
        }
    }
}

/// <summary>A view: the rows from which is learnt, and those on which predictions are judged.</summary>
internal sealed class Split(double[] values, int features, int rows)
{
    public int Features => features;

    public double[] Train { get; } = values[..(rows * features)];

    public double[] Test { get; } = values[(rows * features)..];

    public NmfData<double> TrainData => NmfData<double>.FromDense(Train, rows, features);

    public NmfData<double> TestData => NmfData<double>.FromDense(Test, Test.Length / features, features);

    /// <summary>The mean square of the difference to a guess, relative to that of the values themselves.</summary>
    public static double Error(double[] values, Matrix<double> guess)
    {
        var pairs = values.Zip(guess.ToRowMajor()).ToArray();
        return pairs.Sum(p => (p.First - p.Second) * (p.First - p.Second)) / pairs.Sum(p => p.First * p.First);
    }
}
