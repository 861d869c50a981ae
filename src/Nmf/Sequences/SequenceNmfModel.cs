using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What every fitted model of sequences has. Components are sorted by contribution unless
/// some are fixed.</summary>
/// <remarks>Immutable; may be read from several threads.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public abstract class SequenceNmfModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected SequenceNmfModel(NmfStart<T> factors, FitReport report)
    {
        (Dictionary, Activations, Report) = (factors.Dictionary, factors.Activations!, report);
        Contributions = Components.Contributions(Dictionary, Activations);
    }

    /// <summary>W, features x rank.</summary>
    public Matrix<T> Dictionary { get; }

    /// <summary>H, samples x rank, of the training data; positive.</summary>
    public Matrix<T> Activations { get; }

    /// <summary>How the fit went. The objective is D_IS(V | WH) and what the model adds to it.</summary>
    public FitReport Report { get; }

    /// <summary>1 - D_IS(V | WH) / D_IS(V | c) with c the mean of the training data: 1 for an exact fit, 0 for a model
    /// as good as a constant.</summary>
    public double ExplainedPart { get; private protected init; }

    /// <summary>Share of each component in the sum of WH; they add up to one.</summary>
    public IReadOnlyList<double> Contributions { get; }

    /// <summary>Activations of new sequences for the fixed model, found together for all samples
    /// of a sequence.</summary>
    /// <param name="data">samples x features, dense.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>samples x rank.</returns>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    /// <exception cref="NmfDataException">A value is zero, or the data are sparse.</exception>
    public abstract Matrix<T> Transform(
        NmfData<T> data, SequenceLayout? sequences = null, CancellationToken cancellationToken = default);
}
