using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// FastMNMF2 (Sekiguchi, Bando, Nugraha, Yoshii and Kawahara, "Fast multichannel nonnegative matrix factorization with
/// directivity-aware jointly-diagonalizable spatial covariance matrices for blind source separation", 2020): every
/// source is heard from as many directions as there are channels, with powers of its own, as in rooms whose echoes are
/// longer than a frame. The objective, minus the logarithm of the likelihood without noise, never increases. Any number
/// of sources. Mixing is <see cref="MixingKind.Convolutive"/>, and no direction may be known.
/// </summary>
public sealed record FullRankCovariance : MultichannelMethod
{
    internal override bool HasPhases => true;

    internal override IMultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
        => new DemixingSolver(data, FullRankStart.From(start), known.Spectra, data.Floor, isInference: false, team);

    internal override IMultichannelSolver CreateInference(
        MixtureData data, MixingFactors start, double floor, WorkTeam team)
        => new DemixingSolver(
            data, DemixingFactors.Of(start), KnownParts.All(start.Sources).Spectra, floor, isInference: true, team);

    internal override void RequireFit(MultichannelOptions options, int channels)
    {
        Option.Require(
            options.Mixing == MixingKind.Convolutive, nameof(options.Mixing),
            "Covariances of full rank have a demixing matrix at every frequency: the mixing must be Convolutive.");
        Option.Require(
            options.Directions?.All(direction => direction is null) != false, nameof(options.Directions),
            "Covariances of full rank cannot hold directions: ExpectationMaximization can.");
    }

    internal override void SetRandomMixing(MixingFactors factors) => FullRankStart.SetApart(factors);

    internal override string Describe() => "covariances of full rank";
}
