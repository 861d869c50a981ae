using Nmf.Audio;

namespace StereoSeparation.Analysis;

/// <summary>
/// Where a sound comes from, by the first two channels. What was panned differs in level: the place is the angle from
/// the left (0) to the right (1). What two microphones heard differs in time: the place is how many milliseconds later
/// the first one heard it, so again what is greater is further to the second.
/// </summary>
internal abstract class PlaceMeasure
{
    /// <summary>What places are called, with their unit.</summary>
    public abstract string Name { get; }

    /// <summary>The places at which <see cref="Curve"/> looks, from left to right.</summary>
    public abstract double[] Places { get; }

    /// <summary>How much of a sound comes from each place, at most 1.</summary>
    public double[] Curve(MultichannelSpectrogram sound)
    {
        var curve = Weights(sound);
        var most = curve.Max();
        return most > 0 ? Array.ConvertAll(curve, weight => weight / most) : curve;
    }

    /// <summary>The place where most of a sound comes from.</summary>
    public double Of(MultichannelSpectrogram sound)
    {
        var curve = Weights(sound);
        return Places[Array.IndexOf(curve, curve.Max())];
    }

    /// <summary>A place for tables.</summary>
    public abstract string Text(double place);

    protected abstract double[] Weights(MultichannelSpectrogram sound);
}

/// <summary>By level: the power of all coefficients at each angle.</summary>
internal sealed class LevelPlaces : PlaceMeasure
{
    private const int Count = 101;

    public override string Name => "place, from left (0) to right (1)";

    public override double[] Places { get; } = [.. Enumerable.Range(0, Count).Select(i => i / (Count - 1.0))];

    public override string Text(double place) => Format.Figure(place, 2);

    protected override double[] Weights(MultichannelSpectrogram sound)
    {
        var weights = new double[Count];
        for (var n = 0; n < sound.Frames; n++)
        {
            ReadOnlySpan<float> left = sound.Channels[0].Frame(n), right = sound.Channels[1].Frame(n);
            for (var c = 0; c < left.Length; c += 2)
            {
                double ofLeft = (left[c] * left[c]) + (left[c + 1] * left[c + 1]),
                    ofRight = (right[c] * right[c]) + (right[c + 1] * right[c + 1]);
                var angle = Math.Atan2(Math.Sqrt(ofRight), Math.Sqrt(ofLeft)) / (Math.PI / 2);
                weights[(int)Math.Round(angle * (Count - 1))] += ofLeft + ofRight;
            }
        }

        return weights;
    }
}

/// <summary>By time: the cross-spectrum of both channels, every frequency with its square root so that many count,
/// turned back by every delay (generalised cross-correlation, Knapp and Carter 1976).</summary>
/// <param name="longest">The longest delay, in milliseconds.</param>
internal sealed class DelayPlaces(double longest) : PlaceMeasure
{
    private const int Count = 201;

    /// <summary>Delay of sounds along the line of two microphones so far apart.</summary>
    /// <param name="metres">Their distance.</param>
    public static double Longest(double metres) => 1000 * metres / 343;

    public override string Name => "delay of the first channel (ms), from left to right";

    public override double[] Places { get; } = [.. Enumerable.Range(0, Count).Select(
        i => longest * ((2.0 * i / (Count - 1)) - 1))];

    public override string Text(double place) => place.ToString("+0.000;-0.000;0.000") + " ms";

    protected override double[] Weights(MultichannelSpectrogram sound)
    {
        var weights = new double[Count];
        for (var f = 1; f < sound.Bins; f++)
        {
            double re = 0, im = 0;
            for (var n = 0; n < sound.Frames; n++)
            {
                ReadOnlySpan<float> left = sound.Channels[0].Frame(n), right = sound.Channels[1].Frame(n);
                var (a, b, c, d) = (left[2 * f], left[(2 * f) + 1], right[2 * f], right[(2 * f) + 1]);
                re += (c * a) + (d * b);
                im += (d * a) - (c * b);
            }

            var root = Math.Sqrt(Math.Sqrt((re * re) + (im * im)));
            if (root == 0)
                continue;
            var turn = 2e-3 * Math.PI * sound.Stft.Frequency(f, sound.SampleRate);
            for (var i = 0; i < Count; i++)
                weights[i] += ((re * Math.Cos(turn * Places[i])) + (im * Math.Sin(turn * Places[i]))) / root;
        }

        return weights;
    }
}
