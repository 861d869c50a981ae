using System.Numerics;

namespace Nmf;

/// <summary>The unit in which a stream is learnt, 2^exponent, which the mean of its first batch decides. See
/// <see cref="FitUnit"/>.</summary>
internal sealed class StreamUnit<T>(double beta)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The mean that decides, or null before the first batch that is not zero.</summary>
    public double? Mean { get; private set; }

    /// <summary>The exponent, 0 before it is known.</summary>
    public int Exponent => ExponentOf(Mean);

    /// <summary>The exponent of the unit that a mean decides.</summary>
    public static int ExponentOf(double? mean) => mean is { } known ? Math.ILogB(known) : 0;

    /// <summary>The mean of a first batch, which the unit can be decided by.</summary>
    /// <exception cref="NmfDataException">It is out of range.</exception>
    public double Require(double mean)
    {
        FitUnit.ExponentOf<T>(mean, beta);
        return mean;
    }

    /// <summary>Decides the unit, where nothing has yet.</summary>
    public void Decide(double mean) => Mean ??= mean;

    /// <summary>A cost in the unit of the data.</summary>
    public double CostOf(double cost) => cost * Math.Pow(2, Exponent * beta);

    public void Save(BinaryWriter writer) => writer.Write(Mean ?? 0);

    public void Load(BinaryReader reader)
    {
        Mean = reader.ReadFinite(0) is > 0 and var mean ? mean : null;
        if (!double.IsNormal(CostOf(1)))
            throw new FormatException("The unit of the data is out of range.");
    }
}
