namespace Nmf;

/// <summary>Where the factors start.</summary>
public enum NmfInitialization
{
    /// <summary><see cref="Nndsvda"/> where the rank allows it and at least half of the entries are observed, else
    /// <see cref="Random"/>; always random for a <see cref="BernoulliLikelihood"/>, whose factors are bounded, and for
    /// <see cref="RobustNmf"/>, because singular vectors are bent by outliers just as a plain fit is; for
    /// <see cref="AutomaticRelevance"/> random where β ≥ 1, else <see cref="ShortRuns"/>;
    /// <see cref="SuccessiveProjection"/> for <see cref="AbundanceNmf"/>.</summary>
    Auto,

    /// <summary>Uniform random factors, scaled so that the mean of WH is the mean of the data; within a fifth of their
    /// mean for <see cref="AutomaticRelevance"/>.</summary>
    Random,

    /// <summary>
    /// Nonnegative double singular value decomposition (Boutsidis and Gallopoulos 2008), with its exact zeros. Solvers
    /// that multiply could not leave them: for these they are raised as in every start (<see cref="NmfStart{T}"/>).
    /// </summary>
    Nndsvd,

    /// <summary>NNDSVD with zeros replaced by a constant of the size of a factor entry, 0.3 √(mean/K).</summary>
    Nndsvda,

    /// <summary>NNDSVD with zeros replaced by small random values, at most 0.01 √(mean/K).</summary>
    Nndsvdar,

    /// <summary>
    /// The samples that span the others, found by <see cref="EndmemberSearch.SuccessiveProjection"/>, each with a tenth
    /// of the mean sample added, so that no entry that the data need is zero; activations share out the sum of their
    /// sample evenly. Any rank; components beyond what the data span are random. Not for data with missing entries.
    /// </summary>
    SuccessiveProjection,

    /// <summary>Samples as they are, found by <see cref="EndmemberSearch.SuccessiveNonnegativeProjection"/>; for
    /// <see cref="AbundanceNmf"/>.</summary>
    SuccessiveNonnegativeProjection,

    /// <summary>Samples as they are, found by <see cref="EndmemberSearch.VertexComponentAnalysis"/>; for
    /// <see cref="AbundanceNmf"/>.</summary>
    VertexComponentAnalysis,

    /// <summary>The best, by its objective, of four runs of 15 iterations from random factors: for divergences that
    /// are not convex, above all Itakura-Saito. Fits of streams take random factors in its place.</summary>
    ShortRuns,

    /// <summary>
    /// Random factors, improved by 25 iterations of least squares on a sketch of the data: a copy of low rank, found by
    /// a randomised range finder (Halko, Martinsson and Tropp 2011; Tepper and Sapiro 2016), in which an iteration
    /// costs a few per cent of one on dense data. Of sparse data it may cost as much; three brief ones are done where
    /// 25 would cost more than ten on the data. For β ≤ 1 and other measures of fit samples and features are scaled as
    /// in correspondence analysis, for 1 &lt; β &lt; 2 less, so that squares stand for the divergence near
    /// independence. Any rank, dense and sparse data; every start of several is one, from other random factors. Missing
    /// entries count as the mean of the observed ones, weights of samples as they are, weights of entries not at all.
    /// Memory while it runs: 2 (N + F) L numbers of the type of the data, L = K + 20 or 70 if that is more.
    /// </summary>
    Sketch,
}
