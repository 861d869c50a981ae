namespace Nmf;

/// <summary>
/// Random numbers by counter: the number at an index depends on the seed, the stream and the index alone, so
/// that neither the order of evaluation nor the number of threads matters. Mixing function: SplitMix64
/// (Steele, Lea and Flood 2014).
/// </summary>
internal readonly struct CounterRandom(int seed, int stream)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private readonly ulong _key = Mix(Mix((ulong)(uint)seed + Increment) + ((ulong)(uint)stream * Increment));

    /// <summary>Uniform on [0, 1).</summary>
    public double Uniform(long index) => (Mix(_key + ((ulong)index * Increment)) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
