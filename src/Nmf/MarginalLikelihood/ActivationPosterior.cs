using Nmf.Kernels;

namespace Nmf;

/// <summary>What is known of the activations of some samples: their distribution given the data and the
/// dictionary.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class ActivationPosterior<T>
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    internal ActivationPosterior(Matrix<T> mean, Matrix<T> deviation, double[] logLikelihood)
        => (Mean, Deviation, LogLikelihood) = (mean, deviation, logLikelihood);

    /// <summary>Posterior means E[h | v], samples x rank.</summary>
    public Matrix<T> Mean { get; }

    /// <summary>Posterior standard deviations, samples x rank: how far the data leave each activation open. Those of
    /// the variational approximation, which does not see that components may stand in for each other, are rather too
    /// small.</summary>
    public Matrix<T> Deviation { get; }

    /// <summary>
    /// log p(v | W) of each sample, activations integrated out: a lower bound of it, which is what the fit maximises.
    /// Natural logarithm, with all constants. For a sample that the fit has not seen it is the predictive likelihood; a
    /// small one says that the sample is unlike the data of the fit. A count of a feature that no component has costs
    /// 645, in place of all that there is.
    /// </summary>
    public IReadOnlyList<double> LogLikelihood { get; }

    /// <summary>Sum of <see cref="LogLikelihood"/> over all samples.</summary>
    public double TotalLogLikelihood => LogLikelihood.Sum();
}
