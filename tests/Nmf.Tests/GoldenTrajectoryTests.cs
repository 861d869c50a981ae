using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>
/// Objectives after 0, 1, 2, 10 and 100 iterations on the fixture, computed by an independent numpy program;
/// scikit-learn's multiplicative updates and coordinate descent agree with it to all digits.
/// </summary>
public sealed class GoldenTrajectoryTests
{
    private static readonly int[] Iterations = [0, 1, 2, 10, 100];

    public static TheoryData<double, NmfSolver, double[]> Trajectories => new()
    {
        { -1, NmfSolver.MajorizationMinimization,
            [18.2719328482, 4.3041236716, 3.0884904100, 2.7104362457, 0.9873834185] },
        { 0, NmfSolver.MajorizationMinimization,
            [60.9924104459, 13.9428103063, 11.2761609957, 9.4409512480, 3.6326739396] },
        { 0.5, NmfSolver.MajorizationMinimization,
            [118.7830912221, 26.7021892800, 24.2191383882, 17.4703886666, 8.4654665379] },
        { 1, NmfSolver.MajorizationMinimization,
            [242.8617554397, 57.9868240668, 55.9914421278, 28.6362157748, 19.3352414422] },
        { 1.5, NmfSolver.MajorizationMinimization,
            [523.3390069671, 148.1032951454, 141.7292063558, 68.3691490626, 47.9813271467] },
        { 2, NmfSolver.MajorizationMinimization,
            [1191.5804081633, 402.1307872319, 379.6139875709, 175.0694853548, 124.5315261657] },
        { 3, NmfSolver.MajorizationMinimization,
            [7288.7324361030, 4594.6283839073, 3537.3007711529, 2523.1102973043, 954.2499502024] },
        { 0, NmfSolver.MultiplicativeUpdate,
            [60.9924104459, 11.0105713619, 10.6802516088, 6.0850064437, 3.2803286748] },
        { 0.5, NmfSolver.MultiplicativeUpdate,
            [118.7830912221, 24.3431716527, 23.5933844654, 12.8339895022, 8.4186650339] },
        { 0, NmfSolver.JointMajorizationMinimization,
            [60.9924104459, 20.3807117434, 12.9685657000, 9.8928048889, 3.7352965884] },
        { 1, NmfSolver.JointMajorizationMinimization,
            [242.8617554397, 58.0139979409, 56.4179855595, 32.2076645162, 19.6702928670] },
        { 2, NmfSolver.JointMajorizationMinimization,
            [1191.5804081633, 401.9548371837, 379.5853862140, 178.9788259193, 125.0980480812] },
        { 2, NmfSolver.Hals, [1191.5804081633, 306.4171077087, 218.1615357977, 125.0009036900, 124.4988560190] },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Double_follows_the_golden_objectives(double beta, NmfSolver solver, double[] golden)
        => AssertTrajectory<double>(beta, solver, golden, relative: 1e-9);

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Float_follows_the_golden_objectives(double beta, NmfSolver solver, double[] golden)
        => AssertTrajectory<float>(beta, solver, golden, relative: 2e-6);

    private static void AssertTrajectory<T>(double beta, NmfSolver kind, double[] golden, double relative)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var data = Fixture.Data<T>();
        var start = Fixture.Start<T>();
        using var team = new WorkTeam(1);
        var solver = Solver<T>.Create(
            data, new NmfOptions { Rank = Fixture.Rank, Problem = beta, Solver = kind }, start, team);
        var done = 0;
        for (var i = 0; i < Iterations.Length; i++)
        {
            for (; done < Iterations[i]; done++)
                solver.Step();
            // Ten decimals were printed: small values carry their rounding.
            Assert.Equal(golden[i], solver.Objective(), (relative * golden[i]) + 6e-11);
        }
    }
}
