using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

/// <summary>Components of other programs, and JSON.</summary>
public sealed class ImportTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "components.json"))).RootElement;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Activations_are_those_of_scikit_learn(int number)
    {
        var golden = Golden.GetProperty("cases")[number];
        var rows = Rows(Golden.GetProperty("rows"));
        var components = Matrix(Rows(golden.GetProperty("components")));
        var expected = Rows(golden.GetProperty("activations"));
        var beta = golden.GetProperty("beta").GetDouble();

        var core = NmfModel.FromComponents(components, beta).Transform(NmfData<float>.FromMatrix(Matrix(rows)));
        var ml = new MLContext(seed: 1);
        var view = View(ml, rows);
        var model = NmfModelParameters.FromComponents(components, beta);
        var activations = model.ToTransformer(ml, "Activations", "Features").Transform(view)
            .GetColumn<float[]>("Activations").ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            // What scikit-learn has not converged to the last digit either.
            for (var k = 0; k < expected[i].Length; k++)
                Assert.Equal(expected[i][k], activations[i][k], 2e-3 * expected[i].Max());
            Assert.Equal(core.Row(i).ToArray(), activations[i]);
        }
    }

    [Fact]
    public void An_imported_model_is_saved_and_starts_a_fit()
    {
        var ml = new MLContext(seed: 1);
        var rows = Rows(Golden.GetProperty("rows"));
        var view = View(ml, rows);
        var components = Matrix(Rows(Golden.GetProperty("cases")[0].GetProperty("components")));
        var model = NmfModelParameters.FromComponents(components);
        var transformer = model.ToTransformer(ml, "Activations", "Features");
        using var stream = new MemoryStream();
        ml.Model.Save(transformer, view.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        Assert.Equal(
            transformer.Transform(view).GetColumn<float[]>("Activations"),
            loaded.Transform(view).GetColumn<float[]>("Activations"));
        var fitted = ml.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "Activations", InputColumnName = "Features", Rank = 4, InitialModel = model,
        }).Fit(view);
        var reached = NmfModel.FromComponents(components);
        var data = NmfData<float>.FromMatrix(Matrix(rows));
        var before = Residual(Matrix(rows), reached.Reconstruct(reached.Transform(data)));
        Assert.True(fitted.Model.Objective <= before * (1 + 1e-5), $"{fitted.Model.Objective} {before}");
    }

    [Theory]
    [InlineData(-1f, "Component 1 has -1 at feature 2")]
    [InlineData(float.NaN, "Component 1 has NaN at feature 2")]
    [InlineData(float.PositiveInfinity, "at feature 2")]
    public void Components_that_are_none_are_refused_with_their_place(float value, string message)
    {
        var components = Matrix([[1, 2, 3], [1, 2, value]]);
        var error = Assert.Throws<NmfDataException>(() => NmfModelParameters.FromComponents(components));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 2), (error.Sample, error.Feature));
    }

    [Fact]
    public void Zero_components_wrong_names_and_penalties_are_refused()
    {
        Assert.Throws<ArgumentException>(() => NmfModelParameters.FromComponents(Matrix([[1, 2], [0, 0]])));
        Assert.Throws<ArgumentException>(
            () => NmfModelParameters.FromComponents(Matrix([[1, 2]]), featureNames: ["a"]));
        Assert.Throws<ArgumentException>(() => NmfModel.FromComponents(
            Matrix([[1, 2]]), new BetaNmf(2) { Penalties = [new L1Penalty(1)] }));
    }

    [Fact]
    public void JSON_comes_back_to_the_bit()
    {
        var ml = new MLContext(seed: 1);
        var view = View(ml, Rows(Golden.GetProperty("rows")));
        var transformer = ml.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, beta: 1).Fit(view);
        var json = transformer.Model.ToJson();
        var model = NmfModelParameters.FromJson(json);
        Assert.Equal(json, model.ToJson());
        Assert.Equal(transformer.Model.Objective, model.Objective);
        Assert.Equal(transformer.Model.ObjectiveHistory, model.ObjectiveHistory);
        Assert.Equal(
            transformer.Transform(view).GetColumn<float[]>("H"),
            model.ToTransformer(ml, "H", "Features").Transform(view).GetColumn<float[]>("H"));
    }

    [Theory]
    [InlineData("components", "[[1, 2], [3]]")]
    [InlineData("components", "[[1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]")]
    [InlineData("components", "[]")]
    [InlineData("contributions", "[1]")]
    [InlineData("history", "[]")]
    [InlineData("solver", "\"Auto\"")]
    [InlineData("solver", "\"Magic\"")]
    [InlineData("scale", "null")]
    [InlineData("featureNames", "[\"a\"]")]
    [InlineData("inferenceTolerance", "0")]
    [InlineData("trainingRows", "-1")]
    [InlineData("format", "\"other\"")]
    [InlineData("version", "3")]
    [InlineData("sections", "[{\"tag\": \"row penalty\", \"data\": \"AA\"}]")]
    [InlineData("sections", "[{\"tag\": \"none\"}]")]
    [InlineData("sections", "[null]")]
    public void JSON_that_makes_no_sense_is_refused_with_what(string field, string value)
    {
        var components = Matrix(Rows(Golden.GetProperty("cases")[0].GetProperty("components")));
        var json = JsonNode.Parse(NmfModelParameters.FromComponents(components).ToJson())!;
        json[field] = JsonNode.Parse(value);
        var error = Assert.Throws<FormatException>(() => NmfModelParameters.FromJson(json.ToJsonString()));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => NmfModelParameters.FromJson("{"));
        Assert.Throws<FormatException>(() => NmfModelParameters.FromJson("null"));
    }

    private static double Residual(Matrix<float> data, Matrix<float> model)
    {
        double sum = 0;
        for (var i = 0; i < data.Rows; i++)
        {
            for (var j = 0; j < data.Columns; j++)
                sum += 0.5 * Math.Pow(data[i, j] - model[i, j], 2);
        }

        return sum;
    }

    private static float[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(
        row => row.EnumerateArray().Select(value => value.GetSingle()).ToArray())];

    private static Matrix<float> Matrix(float[][] rows)
        => Matrix<float>.FromRowMajor([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length);

    private static IDataView View(MLContext ml, float[][] rows)
    {
        var definition = SchemaDefinition.Create(typeof(FeatureRow));
        definition[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        return ml.Data.LoadFromEnumerable(rows.Select(row => new FeatureRow { Features = row }), definition);
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [];
    }
}
