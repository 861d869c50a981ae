using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The dictionary with which a stream begins, made from its first batch that is not zero: of several parts,
/// from that of the first of them that has one.</summary>
internal static class OnlineStart<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Makes it.</summary>
    /// <param name="batch">The batch, in the unit of the stream.</param>
    /// <param name="options">What is learnt and how.</param>
    /// <param name="given">The dictionary of the user; not looked at where there is room for one matrix only.</param>
    /// <param name="matrices">Receives the dictionary, and behind it, if one was given, what the start counts for:
    /// raised entries can be reached, but are no evidence.</param>
    /// <param name="team">Threads to use.</param>
    public static void Make(
        NmfData<T> batch, OnlineNmfOptions options, Matrix<T> given, Matrix<T>[] matrices, WorkTeam team)
    {
        var multiplies = options.EffectiveUpdate == OnlineUpdate.MajorizationMinimization;
        if (matrices.Length == 1)
        {
            var start = Initializer.Create(
                batch, options.Rank, options.Initialization, options.Seed, 0, team, beta: options.Beta);
            start.Dictionary.CopyTo(matrices[0]);
            if (options.Initialization == NmfInitialization.Nndsvd && multiplies)
                StartFloor<T>.LiftMade(matrices[0], options.Beta);
            return;
        }

        given.CopyTo(matrices[1]);
        SpareComponents.Replace(
            new NmfStart<T>(matrices[1]), batch, 0, NmfInitialization.Auto, options.Seed, team);
        matrices[1].CopyTo(matrices[0]);
        StartFloor<T>.LiftGiven(matrices[0], batch, multiplies);
    }
}
