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
            Assert.InRange(sum, constraint == AbundanceConstraint.SumToAtMostOne ? 0 : 1 - 1e-5f, 1 + 1e-5f);
        }
    }
}

/// <summary>Of a fit, not of a solver: the start, the weight of the volume and the sum come from the data.</summary>
public sealed class AutoContract() : AbundanceContract(AbundanceConstraint.Auto)
{
    // The objective of the fit has a volume beside the divergence.
    protected override bool IsPenalized => true;
}

public sealed class ShadedContract() : AbundanceContract(AbundanceConstraint.Shaded)
{
    protected override bool TakesSparseData => false;

    protected override bool TakesSparseDataWithZeroRows => true;

    // The scales of W and H are those of the pixels divided by their brightness.
    protected override bool ExactDataAreFixed => false;

    // The objective is that of the pixels divided by their brightness, and it has a volume.
    protected override bool IsPenalized => true;

    protected override void AssertRefusesSparse(Action action)
        => Assert.Contains(
            "must be dense", Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

    // ½ Σ q ‖v / s - W h‖², s the component along the mean, q = s² / (s² + (median / 4)²) divided by its mean.
    private protected override double ObjectiveOf(NmfData<double> data, NmfStart<double> factors, WorkTeam team)
    {
        var pixels = data.Dense!;
        double[] mean = [.. Enumerable.Range(0, Features).Select(
            f => Enumerable.Range(0, pixels.Rows).Average(n => pixels[n, f]))];
        var norm = Math.Sqrt(mean.Sum(x => x * x));
        double[] brightness = [.. Enumerable.Range(0, pixels.Rows).Select(
            n => mean.Select((x, f) => x * pixels[n, f]).Sum() / norm)];
        var knee = Math.Pow(0.25 * brightness.Order().ElementAt(pixels.Rows / 2), 2);
        var weights = Array.ConvertAll(brightness, s => s * s / ((s * s) + knee));
        double sum = 0;
        for (var n = 0; n < pixels.Rows; n++)
        {
            for (var f = 0; f < Features; f++)
            {
                var rest = pixels[n, f] / brightness[n];
                for (var k = 0; k < Rank; k++)
                    rest -= factors.Dictionary[f, k] * factors.Activations![n, k];
                sum += 0.5 * weights[n] / weights.Average() * rest * rest;
            }
        }

        return sum;
    }

    [Theory]
    [InlineData(1e-2)]
    [InlineData(1e-4)]
    [InlineData(0)]
    public void The_objective_is_that_of_the_entries_and_falls_in_float_as_in_double(double noise)
    {
        const int samples = 700;
        var random = new Random(5);
        var scene = Start<double>(samples, Features, Rank, 3);
        var values = new double[samples * Features];
        for (var n = 0; n < samples; n++)
        {
            var light = 0.3 + (0.7 * random.NextDouble());
            for (var f = 0; f < Features; f++)
            {
                var value = noise * random.NextDouble();
                for (var k = 0; k < Rank; k++)
                    value += light * scene.Activations![n, k] * scene.Dictionary[f, k];
                values[(n * Features) + f] = (float)value;
            }
        }

        using var team = new WorkTeam(2);
        var data = Dense<double>(values, samples, Features);
        var (start, near) = (scene.Dictionary.Clone(), new Random(6));
        for (var f = 0; f < Features; f++)
        {
            foreach (ref var value in start.Row(f))
                value *= 0.95 + (0.1 * near.NextDouble());
        }

        var reference = CreateSolver(data, new NmfStart<double>(start.Clone(), scene.Activations), team);
        var solver = CreateSolver(
            Dense<float>(values, samples, Features),
            new NmfStart<float>(Convert(start), Convert(scene.Activations!)), team);
        var (first, previous) = (solver.Objective(), double.PositiveInfinity);
        for (var i = 0; i < 60; i++)
        {
            var current = solver.Objective();
            Assert.Equal(
                ObjectiveOf(data, new NmfStart<double>(Convert(solver.W), Convert(solver.H)), team), current,
                (1e-3 * current) + (1e-9 * first));
            Assert.True(
                current <= ((1 + 1e-4) * previous) + (1e-9 * first), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
            solver.Step();
            reference.Step();
        }

        Assert.Equal(reference.Objective(), previous, (0.02 * previous) + (1e-9 * first));
    }

    private static Matrix<TTo> Convert<TFrom, TTo>(Matrix<TFrom> matrix)
        where TFrom : unmanaged, IBinaryFloatingPointIeee754<TFrom>
        where TTo : unmanaged, IBinaryFloatingPointIeee754<TTo>
        => Matrix<TTo>.FromRowMajor(
            Array.ConvertAll(matrix.ToRowMajor(), TTo.CreateTruncating), matrix.Rows, matrix.Columns);

    private static Matrix<float> Convert(Matrix<double> matrix) => Convert<double, float>(matrix);

    private static Matrix<double> Convert(Matrix<float> matrix) => Convert<float, double>(matrix);
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
