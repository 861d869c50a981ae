using Nmf.Benchmarks;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Unmixing with a library, smooth maps and the noise of bands where squares of squares leave the range of
/// double, and where spectra and pixels do not belong together.</summary>
public sealed class UnmixingRangeTests
{
    private static readonly LibraryProblem Problem = new(4);

    [Theory]
    [InlineData(-290)]
    [InlineData(31)]
    [InlineData(266)]
    [InlineData(400)]
    public void Units_do_not_matter(int exponent)
    {
        var (data, library) = (Scaled(Problem.Data.Dense!, exponent), Scaled(Problem.Library, exponent));
        foreach (var sparsity in Enum.GetValues<LibrarySparsity>())
        {
            var options = new SparseUnmixingOptions { Sparsity = sparsity, Threads = 1 };
            var one = SparseUnmixing.Fit(Problem.Data, Known(Problem.Library), options);
            var other = SparseUnmixing.Fit(NmfData<double>.FromMatrix(data), Known(library), options);
            Assert.Equal(
                one.Spectra.Select(s => (s.Index, s.Abundance)), other.Spectra.Select(s => (s.Index, s.Abundance)));
            Assert.Equal(Math.ScaleB(one.Lambda, exponent), other.Lambda);
        }

        var smooth = new SmoothAbundancesOptions { Threads = 1 };
        Assert.Equal(
            SmoothAbundances.Find(Problem.Data, Some(Problem.Library), LibraryProblem.Width, smooth).ToRowMajor(),
            SmoothAbundances.Find(
                NmfData<double>.FromMatrix(data), Some(library), LibraryProblem.Width, smooth).ToRowMajor());
        var (noise, scaled) = (HySime.Estimate(Problem.Data), HySime.Estimate(NmfData<double>.FromMatrix(data)));
        Assert.Equal(noise.Endmembers, scaled.Endmembers);
        Assert.Equal(noise.SignalToNoiseRatio, scaled.SignalToNoiseRatio);
        Assert.Equal(noise.NoiseDeviations.Select(x => Math.ScaleB(x, exponent)), scaled.NoiseDeviations);
    }

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        var data = NmfData<double>.FromMatrix(Scaled(Problem.Data.Dense!, 1000));
        Assert.Throws<NmfDataException>(() => SparseUnmixing.Fit(data, Known(Problem.Library)));
        Assert.Throws<NmfDataException>(() => HySime.Estimate(data));
        Assert.Throws<NmfDataException>(
            () => SmoothAbundances.Find(data, Some(Problem.Library), LibraryProblem.Width));
    }

    [Fact]
    public void A_selection_of_nothing_is_an_error_whatever_is_sparse()
    {
        foreach (var sparsity in Enum.GetValues<LibrarySparsity>())
        {
            Assert.Contains("no spectrum of the library is left", Assert.Throws<ArgumentException>(
                () => SparseUnmixing.Fit(
                    Problem.Data, Known(Problem.Library), new() { Sparsity = sparsity, Weight = 1e4 })).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_spectra_that_are_the_same_one_is_present()
    {
        var twice = new Matrix<double>(Problem.Library.Rows, 2 * Problem.Library.Columns);
        for (var f = 0; f < twice.Rows; f++)
        {
            Problem.Library.Row(f).CopyTo(twice.Row(f));
            Problem.Library.Row(f).CopyTo(twice.Row(f)[Problem.Library.Columns..]);
        }

        var (one, two) = (SparseUnmixing.Fit(Problem.Data, Known(Problem.Library)),
            SparseUnmixing.Fit(Problem.Data, Known(twice)));
        Assert.Equal(
            one.Spectra.Select(spectrum => spectrum.Index),
            two.Spectra.Select(spectrum => spectrum.Index % Problem.Library.Columns).Order());
        Assert.All(two.Spectra, spectrum => Assert.True(spectrum.Abundance > 0));
    }

    [Fact]
    public void Spectra_that_single_precision_cannot_hold_are_named()
    {
        var data = new Matrix<float>(LibraryProblem.Pixels, LibraryProblem.Bands);
        for (var n = 0; n < data.Rows; n++)
        {
            for (var f = 0; f < data.Columns; f++)
                data[n, f] = (float)Problem.Data.Dense![n, f];
        }

        foreach (var exponent in new[] { -250, 250 })
        {
            Assert.Contains("Spectrum 0 of the library has", Assert.Throws<ArgumentException>(
                () => SparseUnmixing.Fit(
                    NmfData<float>.FromMatrix(data), Known(Scaled(Problem.Library, exponent)),
                    new() { Sparsity = LibrarySparsity.Pixel })).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_weights_fewer_pixels_than_bands_will_do()
    {
        var few = new Matrix<double>(4, LibraryProblem.Bands);
        for (var n = 0; n < 4; n++)
            Problem.Data.Dense!.Row(n).CopyTo(few.Row(n));
        var data = NmfData<double>.FromMatrix(few);
        var maps = SmoothAbundances.Find(data, Some(Problem.Library), 2, new() { Weight = 0 });
        Assert.Equal(4, maps.Rows);
        Assert.Throws<ArgumentException>(() => SmoothAbundances.Find(data, Some(Problem.Library), 2));
    }

    private static Matrix<double> Scaled(Matrix<double> matrix, int exponent)
    {
        var result = matrix.Clone();
        for (var i = 0; i < result.Rows; i++)
        {
            foreach (ref var value in result.Row(i))
                value = Math.ScaleB(value, exponent);
        }

        return result;
    }

    private static Matrix<double> Some(Matrix<double> library)
    {
        var result = new Matrix<double>(library.Rows, 3);
        for (var f = 0; f < library.Rows; f++)
            (result[f, 0], result[f, 1], result[f, 2]) = (library[f, 2], library[f, 7], library[f, 11]);
        return result;
    }

    private static KnownComponents Known(Matrix<double> library) => KnownComponents.FromColumns(
        [.. Enumerable.Range(0, library.Columns).Select(
            m => Enumerable.Range(0, library.Rows).Select(f => library[f, m]).ToArray())]);
}
