using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Batches whose matrix comes back with other data.</summary>
public class RecycledBatchTests
{
    private const int Samples = 20;
    private const int Features = 13;

    [Fact]
    public void A_matrix_is_given_back_once_and_not_disposed()
    {
        using var matrix = Batch(1);
        var returned = new List<Matrix<float>>();
        var data = NmfData<float>.BatchFromMatrix(matrix, returned.Add);
        Assert.Empty(returned);
        data.Dispose();
        data.Dispose();
        Assert.Same(matrix, Assert.Single(returned));
        Assert.True(matrix[0, 0] > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    public void Memory_that_comes_back_with_other_data_changes_no_bit(double beta)
    {
        var options = new OnlineNmfOptions { Rank = 3, Beta = beta, Seed = 1, Threads = 1 };
        using var fresh = new OnlineNmf<float>(options);
        using var recycling = new OnlineNmf<float>(options);
        var free = new Stack<Matrix<float>>([new Matrix<float>(Samples, Features), new Matrix<float>(Samples, Features)]);
        for (var i = 0; i < 9; i++)
        {
            // Every fourth batch is smaller, and has memory of its own.
            var rows = i % 4 == 3 ? Samples - 7 : Samples;
            using var values = Batch(i, rows);
            using var data = NmfData<float>.BatchFromMatrix(values.Clone());
            var memory = rows == Samples ? free.Pop() : values.Clone();
            values.CopyTo(memory);
            using var again = rows == Samples ? NmfData<float>.BatchFromMatrix(memory, free.Push) : NmfData<float>.BatchFromMatrix(memory);
            Assert.Equal(fresh.PartialFit(data), recycling.PartialFit(again));
        }

        using var expected = fresh.ToModel();
        using var found = recycling.ToModel();
        Assert.Equal(expected.Dictionary.ToRowMajor(), found.Dictionary.ToRowMajor());
        foreach (var matrix in free)
            matrix.Dispose();
    }

    [Fact]
    public void Learning_from_recycled_memory_allocates_nothing()
    {
        using var matrix = Batch(1);
        using var data = NmfData<float>.BatchFromMatrix(matrix, _ => { });
        using var learner = new OnlineNmf<float>(new OnlineNmfOptions { Rank = 3, Beta = 1, Seed = 1, Threads = 1 });
        Kernels.Tests.Allocation.AssertNone(() => learner.PartialFit(data));
    }

    private static Matrix<float> Batch(int seed, int rows = Samples)
        => Matrix<float>.FromRowMajor(Array.ConvertAll(TestData.Positive(rows, Features, 3, seed), v => (float)v), rows, Features);
}
