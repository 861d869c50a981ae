namespace Nmf.Kernels.Tests;

/// <summary>For every method a call that is right, and calls that are not.</summary>
/// <param name="Method">Type, name and types of the parameters.</param>
/// <param name="What">Which of several objects.</param>
/// <param name="Right">The call that is right.</param>
/// <param name="Wrong">Those that are not, by what is wrong about them.</param>
internal sealed record MisuseCase(string Method, string What, Action Right, (string How, Action Call)[] Wrong);

/// <inheritdoc cref="MisuseCase"/>
internal static partial class MisuseCases
{
    private const int Samples = 9;
    private const int Features = 7;
    private const int Rank = 3;

    // Before the cases, which are made with it.
    private static readonly WorkTeam Team = new(1);

    public static IReadOnlyList<MisuseCase> All { get; } =
        [.. OfMatrices(), .. OfFactors(), .. OfRows(), .. OfPasses(), .. OfMakers()];

    private static Matrix<float> W => Dense(Features, Rank);

    private static Matrix<float> H => Dense(Samples, Rank);

    private static Matrix<float> V => Dense(Samples, Features);

    private static SparseMatrix<float> S => Sparse(Samples, Features);

    /// <summary>Each matrix in turn is missing, a row or a column too large, or too small.</summary>
    /// <param name="method">The method.</param>
    /// <param name="call">Calls it.</param>
    /// <param name="right">Matrices that fit.</param>
    /// <param name="freeRows">Which of them may have any number of rows.</param>
    /// <param name="freeColumns">Which of them may have any number of columns.</param>
    /// <param name="what">Which of several objects is called.</param>
    private static MisuseCase Shapes(
        string method, Action<Matrix<float>[]> call, Matrix<float>[] right, int[]? freeRows = null,
        int[]? freeColumns = null, string what = "")
    {
        var wrong = new List<(string, Action)>();
        for (var i = 0; i < right.Length; i++)
        {
            var (at, rows, columns) = (i, right[i].Rows, right[i].Columns);
            Add("null", null!);
            if (freeRows?.Contains(i) != true)
            {
                Add("a row more", Dense(rows + 1, columns));
                Add("a row less", Dense(rows - 1, columns));
            }

            if (freeColumns?.Contains(i) != true)
            {
                Add("a column more", Dense(rows, columns + 1));
                Add("a column less", Dense(rows, columns - 1));
            }

            void Add(string how, Matrix<float> other) => wrong.Add(
                ($"matrix {at}: {how}", () => call([.. right[..at], other, .. right[(at + 1)..]])));
        }

        return new(method, what, () => call(right), [.. wrong]);
    }

    private static Matrix<float> Dense(int rows, int columns)
    {
        var matrix = new Matrix<float>(rows, columns);
        for (var i = 0; i < rows; i++)
            matrix.Row(i).Fill(0.5f);
        return matrix;
    }

    private static SparseMatrix<float> Sparse(int rows, int columns, int step = 2)
        => SparseSamples.Sparse<float>(new double[rows, columns].Fill((i, j) => (i + j) % step == 0 ? 1 + i : 0));

    private static double[,] Fill(this double[,] values, Func<int, int, double> value)
    {
        for (var i = 0; i < values.GetLength(0); i++)
            for (var j = 0; j < values.GetLength(1); j++)
                values[i, j] = value(i, j);
        return values;
    }

    private static float[] Numbers(int count) => [.. Enumerable.Repeat(0.5f, count)];

    private static double[] Doubles(int count) => [.. Enumerable.Repeat(0.5, count)];
}
