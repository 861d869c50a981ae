using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Tests;

public abstract class AbundanceContract(
    AbundanceConstraint constraint, VolumePenalty? volume = null, double beta = 2, NmfSolver solver = NmfSolver.Auto)
    : ModelContract
{
    // A sum of one leaves rows of zeros no zero activations, and bounded activations cannot fit
    // whatever the dictionary.
    protected override bool ZeroSamplesAreFittedByZeros => constraint == AbundanceConstraint.SumToAtMostOne;

    protected override bool FitsAnything => false;

    protected override (bool Dictionary, bool Activations) FreeFactors => (true, false);

    protected override double RestTolerance => volume is null ? base.RestTolerance : 5e-5;

    protected override NmfOptions Options(int rank) => new()
    {
        Rank = rank, Problem = new AbundanceNmf(beta) { Sum = constraint, Volume = volume }, Solver = solver
    };

    protected override NmfStart<T> Start<T>(int samples, int features, int rank, int seed)
    {
        var start = base.Start<T>(samples, features, rank, seed);
        for (var n = 0; n < samples; n++)
            TensorPrimitives.Divide(
                start.Activations!.Row(n), TensorPrimitives.Sum<T>(start.Activations.Row(n)), start.Activations.Row(n));
        return start;
    }

    // The weight of the volume is relative to the start.
    private protected override double ObjectiveOf(NmfData<double> data, NmfStart<double> factors, WorkTeam team)
    {
        double Divergence(NmfStart<double> start)
            => Options(start.Dictionary.Columns).Problem
                .Evaluate(data, start.Dictionary, start.Activations!, null, team).Value;
        if (volume is null)
            return Divergence(factors);
        var start = RestStart();
        var term = VolumeTerm.Create(volume, start.Dictionary, Divergence(start));
        return Divergence(factors) + term.Value(factors.Dictionary);
    }

    [Fact]
    public void Abundances_have_the_sum_that_was_asked_for()
    {
        var data = Dense<float>(Data(50, 20, false, 4), 50, 20);
        var model = NmfFactorizer.Fit(data, Options(3));
        for (var n = 0; n < 50; n++)
        {
            var sum = TensorPrimitives.Sum<float>(model.Activations.Row(n));
            Assert.InRange(sum, constraint == AbundanceConstraint.SumToOne ? 1 - 1e-5f : 0, 1 + 1e-5f);
        }
    }
}

public sealed class SumToOneContract() : AbundanceContract(AbundanceConstraint.SumToOne);

public sealed class SumToAtMostOneContract() : AbundanceContract(AbundanceConstraint.SumToAtMostOne);

public sealed class MinimumVolumeContract()
    : AbundanceContract(AbundanceConstraint.SumToOne, new VolumePenalty { Weight = 0.05 });

public sealed class MinimumVolumeWithShadeContract()
    : AbundanceContract(AbundanceConstraint.SumToAtMostOne, new VolumePenalty { Weight = 0.05 });

public sealed class KullbackLeiblerSumToOneContract() : AbundanceContract(AbundanceConstraint.SumToOne, beta: 1);

public sealed class KullbackLeiblerSumToAtMostOneContract()
    : AbundanceContract(AbundanceConstraint.SumToAtMostOne, beta: 1);

public sealed class ItakuraSaitoSumToOneContract() : AbundanceContract(AbundanceConstraint.SumToOne, beta: 0);

public sealed class HalfBetaSumToAtMostOneContract() : AbundanceContract(AbundanceConstraint.SumToAtMostOne, beta: 0.5);

public sealed class OrdinaryBetaSumToOneContract() : AbundanceContract(AbundanceConstraint.SumToOne, beta: 1.3);

public sealed class ThreeHalvesBetaSumToAtMostOneContract()
    : AbundanceContract(AbundanceConstraint.SumToAtMostOne, beta: 1.5);

public sealed class BetaThreeSumToOneContract() : AbundanceContract(AbundanceConstraint.SumToOne, beta: 3);

public sealed class NegativeBetaSumToOneContract() : AbundanceContract(AbundanceConstraint.SumToOne, beta: -1);

public sealed class EuclideanMajorizationSumToAtMostOneContract()
    : AbundanceContract(AbundanceConstraint.SumToAtMostOne, solver: NmfSolver.MajorizationMinimization);

public sealed class KullbackLeiblerMinimumVolumeContract()
    : AbundanceContract(AbundanceConstraint.SumToOne, new VolumePenalty { Weight = 0.05 }, beta: 1);

public sealed class OrdinaryBetaMinimumVolumeContract()
    : AbundanceContract(AbundanceConstraint.SumToAtMostOne, new VolumePenalty { Weight = 0.05 }, beta: 1.3);

public sealed class BetaThreeMinimumVolumeContract()
    : AbundanceContract(AbundanceConstraint.SumToOne, new VolumePenalty { Weight = 0.05 }, beta: 3);
