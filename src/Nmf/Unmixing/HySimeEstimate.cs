namespace Nmf;

/// <summary>What <see cref="HySime"/> found.</summary>
public sealed record HySimeEstimate
{
    internal HySimeEstimate(
        IReadOnlyList<HySimeDirection> directions, IReadOnlyList<double> noiseDeviations, double signalToNoiseRatio)
        => (Directions, NoiseDeviations, SignalToNoiseRatio) = (directions, noiseDeviations, signalToNoiseRatio);

    /// <summary>The estimated number of endmembers: directions of signal whose power is more than twice that of the
    /// noise in them.</summary>
    public int Endmembers => Directions.Count(direction => direction.IsSignal);

    /// <summary>One direction for each band, by decreasing power of their signal. Where signal ends and noise begins,
    /// their gains change sign: how clearly they do tells how sure the number is.</summary>
    internal IReadOnlyList<HySimeDirection> Directions { get; }

    /// <summary>Estimated standard deviation of the noise in each band, in the unit of the data.</summary>
    public IReadOnlyList<double> NoiseDeviations { get; }

    /// <summary>Power of the signal over that of the noise, both summed over the bands, in decibels; infinite where no
    /// noise was found.</summary>
    public double SignalToNoiseRatio { get; }
}

/// <summary>A direction in the space of spectra.</summary>
internal sealed record HySimeDirection
{
    internal HySimeDirection(double power, double noisePower)
        => (Power, NoisePower) = (power, noisePower);

    /// <summary>Mean square of the data along it, signal and noise.</summary>
    public double Power { get; }

    /// <summary>Mean square of the noise along it, and the least that is assumed.</summary>
    public double NoisePower { get; }

    /// <summary>By how much the mean squared error falls when the direction is kept: its power less twice
    /// that of the noise.</summary>
    public double Gain => Power - (2 * NoisePower);

    /// <summary>Whether it counts as signal.</summary>
    public bool IsSignal => Gain > 0;
}
