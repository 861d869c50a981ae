using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>One fold: what the fit may see, and the judgement of what it has not seen.</summary>
internal abstract class HeldOutFold<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What the fit sees.</summary>
    public abstract NmfData<T> Training { get; }

    /// <summary>Number of held-out entries.</summary>
    public abstract long Entries { get; }

    /// <summary>Number of samples with held-out entries, and without.</summary>
    public abstract int Samples { get; }

    /// <summary>Writes the held-out entries of a sample to a row of NaN.</summary>
    public abstract void CopyHeldOut(int sample, Span<T> row);

    /// <summary>The factors whose product predicts the held-out entries.</summary>
    /// <param name="model">A model of <see cref="Training"/>.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Stops.</param>
    public abstract (Matrix<T> Dictionary, Matrix<T> Activations) Factors(
        NmfModel<T> model, WorkTeam team, CancellationToken cancellationToken);

    /// <summary>The sum of the divergences of the held-out entries from their predictions.</summary>
    /// <param name="model">A model of <see cref="Training"/>.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Stops.</param>
    public abstract double Divergence(NmfModel<T> model, WorkTeam team, CancellationToken cancellationToken);
}
