using System.Security.Cryptography;

namespace Nmf.Tests;

/// <summary>States with a right checksum and wrong numbers: whoever made them, they are refused, and no count in them
/// makes a fit longer than the options allow.</summary>
public sealed class DamagedNumbersTests : IDisposable
{
    private const int Samples = 20;
    private const int Features = 9;

    private static readonly byte[][] Bad =
    [
        BitConverter.GetBytes(float.NaN), BitConverter.GetBytes(float.PositiveInfinity), BitConverter.GetBytes(-1f),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Path => System.IO.Path.Combine(_folder.FullName, "state");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_number_of_a_learner_that_is_not_finite_or_negative_is_refused()
    {
        var options = new OnlineNmfOptions { Rank = 2, Beta = 1, Threads = 1 };
        using (var learner = new OnlineNmf<float>(options))
        {
            learner.PartialFit(Data(1));
            learner.Save(Path);
        }

        var state = File.ReadAllBytes(Path);
        // From behind: the denominators and numerators in double, then the dictionary.
        var (end, statistics) = (state.Length - SHA256.HashSizeInBytes, 8 * ((2 * Features) + 2));
        var (last, dictionary) = (end - 8, end - statistics - (4 * 2 * Features));
        foreach (var bad in Bad)
            Refused(Changed(state, dictionary + 8, bad));
        foreach (var bad in new[] { double.NaN, double.NegativeInfinity, -1 })
            Refused(Changed(state, last, BitConverter.GetBytes(bad)));
        OnlineNmf<float>.Load(Write(state), options).Dispose();

        void Refused(byte[] changed) => Assert.Throws<NmfCheckpointException>(
            () => OnlineNmf<float>.Load(Write(changed), options).Dispose());
    }

    [Theory]
    [InlineData(NmfSolver.MultiplicativeUpdate)]
    [InlineData(NmfSolver.ExtrapolatedMultiplicativeUpdate)]
    [InlineData(NmfSolver.SharedNewton)]
    public void No_number_of_a_fit_makes_it_endless_or_not_finite(NmfSolver solver)
    {
        var options = new NmfOptions
        {
            Rank = 2, Problem = 1, Solver = solver, Threads = 1,
            Iterations = new() { MaximumIterations = 15, Tolerance = 0, TimeLimit = TimeSpan.FromTicks(1) },
        };
        NmfFactorizer.Fit(Data(2), options, checkpoint: new NmfCheckpoint(Path));
        var state = File.ReadAllBytes(Path);
        options = options with { Iterations = options.Iterations with { TimeLimit = null } };
        var random = new Random(3);
        var (fitted, refused) = (0, 0);
        for (var mutant = 0; mutant < 200; mutant++)
        {
            // Behind the facts, which are compared: a number that is no number, or any bytes.
            var at = state.Length - SHA256.HashSizeInBytes - 4 - random.Next(200);
            var bytes = mutant % 2 == 0 ? Bad[mutant / 2 % 3] : BitConverter.GetBytes(random.Next());
            Write(Changed(state, at, bytes));
            try
            {
                var model = NmfFactorizer.Fit(Data(2), options, checkpoint: new NmfCheckpoint(Path));
                Assert.True(model.Report.Iterations <= 15);
                Assert.All(model.Dictionary.ToRowMajor(), v => Assert.True(v >= 0 && float.IsFinite(v)));
                fitted++;
            }
            catch (Exception e) when (e is NmfCheckpointException or NmfNumericalException)
            {
                refused++;
            }
        }

        // Half of the mutants have a number that is none, where most of the state are numbers.
        Assert.True(fitted >= 20 && refused >= 20, $"{fitted} went on, {refused} were refused.");
    }

    [Fact]
    public void A_generator_with_another_parameter_is_another_fit()
    {
        var options = new NmfOptions
        {
            Rank = 2, Problem = new BregmanDivergence(new Scaled(1)), Threads = 1,
            Iterations = new() { MaximumIterations = 15, Tolerance = 0, TimeLimit = TimeSpan.FromTicks(1) },
        };
        NmfFactorizer.Fit(Data(4), options, checkpoint: new NmfCheckpoint(Path));
        var other = options with { Problem = new BregmanDivergence(new Scaled(1.5)) };
        Assert.Contains("Measure is ", Assert.Throws<NmfCheckpointException>(
            () => NmfFactorizer.Fit(Data(4), other, checkpoint: new NmfCheckpoint(Path))).Message);
        NmfFactorizer.Fit(
            Data(4), options with { Problem = new BregmanDivergence(new Scaled(1)) },
            checkpoint: new NmfCheckpoint(Path));
    }

    private static NmfData<float> Data(int seed)
        => TestData.Dense<float>(TestData.Positive(Samples, Features, 2, seed), Samples, Features);

    private static byte[] Changed(byte[] state, int at, byte[] bytes)
    {
        var changed = (byte[])state.Clone();
        bytes.CopyTo(changed, at);
        SHA256.HashData(changed.AsSpan(0, changed.Length - SHA256.HashSizeInBytes))
            .CopyTo(changed.AsSpan(changed.Length - SHA256.HashSizeInBytes));
        return changed;
    }

    private string Write(byte[] state)
    {
        File.WriteAllBytes(Path, state);
        return Path;
    }

    // The Euclidean distance times a number.
    private sealed class Scaled(double factor) : IBregmanGenerator
    {
        public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
            => curvature.Fill(T.CreateChecked(factor));

        public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            for (var i = 0; i < data.Length; i++)
                divergence[i] = T.CreateChecked(factor / 2) * (data[i] - model[i]) * (data[i] - model[i]);
        }
    }
}
