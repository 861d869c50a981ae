using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class ComponentMatchingTests
{
    // Columns: (1,0,0), (1,1,0), (0,0,2).
    private static readonly double[] References = [1, 1, 0, 0, 1, 0, 0, 0, 2];

    [Fact]
    public void Components_find_their_references_in_any_order_and_scale()
    {
        var references = Matrix<double>.FromRowMajor(References, 3, 3);
        var components = Matrix<double>.FromRowMajor([0, 5, 3, 0, 0, 3, 7, 0, 0], 3, 3);
        foreach (var distance in Enum.GetValues<ComponentDistance>())
        {
            var matching = ComponentMatching.Match(references, components, distance);
            Assert.Equal([1, 2, 0], matching.ComponentOf);
            Assert.Equal(0, matching.MeanDistance, 1e-12);
        }

        var ordered = ComponentMatching.Match(references, components).Reorder(components);
        Assert.Equal([5, 3, 0, 0, 3, 0, 0, 0, 7], ordered.ToRowMajor());
    }

    [Fact]
    public void Distances_have_their_closed_forms()
    {
        var references = Matrix<double>.FromRowMajor(References, 3, 3);
        var cosine = ComponentDistances.Between(references, references);
        var angle = ComponentDistances.Between(references, references, ComponentDistance.SpectralAngle);
        var correlation = ComponentDistances.Between(references, references, ComponentDistance.Correlation);
        Assert.Equal(1 - Math.Sqrt(0.5), cosine[0, 1], 1e-14);
        Assert.Equal(1, cosine[0, 2], 1e-14);
        Assert.Equal(Math.PI / 4, angle[0, 1], 1e-14);
        Assert.Equal(Math.PI / 2, angle[1, 2], 1e-14);
        Assert.Equal(1 - 0.5, correlation[0, 1], 1e-14);
        Assert.Equal(1 + 1, correlation[1, 2], 1e-14);
    }

    [Fact]
    public void References_without_a_component_have_none()
    {
        var references = Matrix<float>.FromRowMajor([1, 1, 0, 0, 1, 0, 0, 0, 2], 3, 3);
        var components = Matrix<float>.FromRowMajor([0, 1, 0, 0, 7, 0], 3, 2);
        var matching = ComponentMatching.Match(references, components);
        Assert.Equal([1, -1, 0], matching.ComponentOf);
        Assert.True(double.IsNaN(matching.Distances[1]));
        Assert.Equal(0, matching.MeanDistance, 1e-6);
        var ordered = matching.Reorder(components);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 7], ordered.ToRowMajor());
        var narrow = new Matrix<float>(4, 1);
        Assert.Throws<ArgumentException>(() => matching.Reorder(narrow));
    }

    [Fact]
    public void Any_distance_of_the_callers_will_do()
    {
        var matching = ComponentMatching.Match(new double[,] { { 9, 1, 5 }, { 1, 0, 9 } });
        Assert.Equal([1, 0], matching.ComponentOf);
        Assert.Equal([1, 1], matching.Distances);
    }

    [Fact]
    public void Constant_columns_correlate_with_nothing_and_zeros_are_orthogonal_to_everything()
    {
        var matrix = Matrix<double>.FromRowMajor([0.1, 0, 0.1, 0, 0.1, 0], 3, 2);
        Assert.Equal(1, ComponentDistances.Between(matrix, matrix, ComponentDistance.Correlation)[0, 0]);
        Assert.Equal(1, ComponentDistances.Between(matrix, matrix)[1, 1]);
        Assert.Equal(Math.PI / 2, ComponentDistances.Between(matrix, matrix, ComponentDistance.SpectralAngle)[1, 1]);
    }

    [Fact]
    public void Components_of_other_features_are_refused()
    {
        var a = new Matrix<double>(3, 2);
        var b = new Matrix<double>(4, 2);
        Assert.Throws<ArgumentException>(() => ComponentMatching.Match(a, b));
    }
}
