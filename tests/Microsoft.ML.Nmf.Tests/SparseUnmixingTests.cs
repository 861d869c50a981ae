using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public sealed class SparseUnmixingTests
{
    private const int Bands = 12;
    private const int Size = 8;

    private readonly MLContext _context = new(seed: 1);
    private readonly float[][] _library;
    private readonly IDataView _pixels;

    public SparseUnmixingTests()
    {
        var random = new Random(3);
        _library = [.. Enumerable.Range(0, Size).Select(
            _ => Enumerable.Range(0, Bands).Select(_ => 0.2f + (0.8f * random.NextSingle())).ToArray())];
        _pixels = TestRows.View(_context, [.. Enumerable.Range(0, 60).Select(n =>
        {
            var share = random.NextSingle();
            return Enumerable.Range(0, Bands).Select(
                f => (share * _library[2][f]) + ((1 - share) * _library[5][f]) + (0.005f * random.NextSingle()))
                .ToArray();
        })]);
    }

    private KnownComponents Library
        => KnownComponents.FromColumns(_library).Named([.. Enumerable.Range(0, Size).Select(m => $"Mineral {m}")]);

    [Theory]
    [InlineData(LibrarySparsity.Picture)]
    [InlineData(LibrarySparsity.Pixel)]
    public void Spectra_that_are_present_are_the_slots_before_and_after_saving(LibrarySparsity sparsity)
    {
        var model = _context.Transforms.SparseUnmixing(
            "Abundances", "Features", Library, new() { Sparsity = sparsity }).Fit(_pixels);
        var output = model.Transform(_pixels);
        var rows = TestRows.Column(output, "Abundances");
        string[] expected = sparsity == LibrarySparsity.Picture
            ? ["Mineral 2", "Mineral 5"]
            : [.. Enumerable.Range(0, Size).Select(m => $"Mineral {m}")];
        Assert.Equal(expected, SlotNames(output));
        string[] present = [.. model.Model.LibrarySpectra!.Where(s => s.Pixels > 30).Select(s => s.Name)];
        Assert.Equal(["Mineral 2", "Mineral 5"], present);
        var (second, fifth) = (Array.IndexOf(expected, "Mineral 2"), Array.IndexOf(expected, "Mineral 5"));
        Assert.All(rows, row => Assert.Equal(1, row[second] + row[fifth], 0.05f));
        Assert.Equal(rows.Sum(row => (double)row[second]), model.Model.LibrarySpectra![second].Abundance, 1e-4);

        using var file = new MemoryStream();
        _context.Model.Save(model, _pixels.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        var again = loaded.Transform(_pixels);
        Assert.Equal(rows, TestRows.Column(again, "Abundances"));
        Assert.Equal(expected, SlotNames(again));
        var parameters = Assert.IsType<NmfTransformer>(loaded).Model;
        Assert.Equal(
            model.Model.LibrarySpectra.Select(s => (s.Index, s.Name, s.Abundance, s.Pixels)),
            parameters.LibrarySpectra!.Select(s => (s.Index, s.Name, s.Abundance, s.Pixels)));
    }

    [Fact]
    public void Names_of_endmembers_that_are_known_are_slots_too()
    {
        var named = KnownComponents.FromColumns(new[] { _library[2], _library[5] }).Named(["Clay", "Chalk"]);
        var model = _context.Transforms.UnmixingNmf("Abundances", "Features", named).Fit(_pixels);
        Assert.Equal(["Clay", "Chalk"], SlotNames(model.Transform(_pixels)));
        Assert.Equal(60, model.Model.LibrarySpectra!.Sum(s => s.Abundance), 1e-3);
        var free = _context.Transforms.UnmixingNmf(
            "Abundances", "Features", named, AbundanceConstraint.Nonnegative).Fit(_pixels);
        Assert.All(TestRows.Column(free.Transform(_pixels), "Abundances"), row => Assert.Equal(1, row.Sum(), 0.05f));
    }

    [Fact]
    public void The_log_says_which_spectra_are_present()
    {
        var messages = new List<string>();
        _context.Log += (_, e) => messages.Add(e.Message);
        _context.Transforms.SparseUnmixing("Abundances", "Features", Library).Fit(_pixels);
        Assert.Contains(messages, message => message.Contains("2 of 8 spectra are present")
            && message.Contains("Mineral 5: abundance"));
    }

    [Fact]
    public void Maps_are_those_of_the_slots_of_the_model_and_say_that_they_have_not_settled()
    {
        var rows = TestRows.Column(_pixels, "Features");
        string[] names = [.. Enumerable.Range(0, Bands).Select(f => $"band {f}")];
        var pixels = TestRows.View(_context, rows, slotNames: names);
        var model = _context.Transforms.SparseUnmixing("Abundances", "Features", Library).Fit(pixels).Model;
        var turned = TestRows.View(
            _context, [.. rows.Select(row => row.Reverse().ToArray())], slotNames: [.. names.Reverse()]);
        Refused("Slot 0 of column 'Features' is 'band 11'", () => _context.Model.SmoothAbundances(
            turned, "Features", model, 10));
        var warnings = new List<string>();
        _context.Log += (_, e) => warnings.AddRange(e.Kind == ChannelMessageKind.Warning ? [e.Message] : []);
        _context.Model.SmoothAbundances(pixels, "Features", model, 10);
        Assert.Empty(warnings);
        _context.Model.SmoothAbundances(pixels, "Features", model, 10, new() { MaximumIterations = 1 });
        Assert.Contains("has not converged", Assert.Single(warnings));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1e4, true)]
    [InlineData(1e-4, true)]
    public void Pixels_in_another_unit_than_the_library_are_a_warning_and_no_other_is_there(double unit, bool isOne)
    {
        var warnings = new List<string>();
        _context.Log += (_, e) => warnings.AddRange(e.Kind == ChannelMessageKind.Warning ? [e.Message] : []);
        var pixels = TestRows.View(_context, [.. TestRows.Column(_pixels, "Features").Select(
            row => row.Select(value => (float)(unit * value)).ToArray())]);
        _context.Transforms.SparseUnmixing("Abundances", "Features", Library).Fit(pixels);
        Assert.Equal(isOne, warnings.Exists(message => message.Contains("must be in the same unit")));
        Assert.Equal(isOne ? 1 : 0, warnings.Count);
    }

    [Fact]
    public void What_a_selection_does_not_take_is_refused()
    {
        NmfEstimator.Options Options() => new()
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = Size, LibrarySelection = new(),
            InitialComponents = Library, Scale = ComponentScale.None, Iterations = new() { MaximumIterations = 0 },
            Problem = new AbundanceNmf { Sum = AbundanceConstraint.Nonnegative },
        };
        _ = _context.Transforms.NonnegativeMatrixFactorization(Options());
        foreach (var change in new Action<NmfEstimator.Options>[]
        {
            options => options.Problem = new AbundanceNmf { Sum = AbundanceConstraint.SumToOne },
            options => options.Problem = new AbundanceNmf
            {
                Sum = AbundanceConstraint.Nonnegative, Volume = new VolumePenalty { Weight = 0.5 },
            },
            options => options.Starts = 5, options => options.Scale = ComponentScale.UnitSum,
            options => options.Checkpoint = new NmfCheckpoint("there"),
            options => options.Iterations = new() { MaximumIterations = 0, TimeLimit = TimeSpan.FromSeconds(1) },
        })
        {
            var options = Options();
            change(options);
            Refused("A selection from a library", () => _context.Transforms.NonnegativeMatrixFactorization(options));
        }
    }

    [Fact]
    public void What_does_not_go_is_refused_by_name()
    {
        Refused("Weight", () => _context.Transforms.SparseUnmixing("H", "Features", Library, new() { Weight = -1 }));
        Refused("no iterations", () => _context.Transforms.NonnegativeMatrixFactorization(new()
        {
            OutputColumnName = "H", Rank = Size, LibrarySelection = new(), InitialComponents = Library,
        }));
        Refused("12 slots", () => _context.Transforms.SparseUnmixing(
            "H", "Features", KnownComponents.FromColumns(new[] { new float[] { 1, 2 } })).Fit(_pixels));
    }

    [Fact]
    public void Maps_of_a_model_are_smoothed_over_the_picture()
    {
        var model = _context.Transforms.SparseUnmixing("Abundances", "Features", Library).Fit(_pixels);
        var rows = TestRows.Column(model.Transform(_pixels), "Abundances");
        var same = _context.Model.SmoothAbundances(_pixels, "Features", model.Model, 10, new() { Weight = 0 });
        var smooth = _context.Model.SmoothAbundances(_pixels, "Features", model.Model, 10, new() { Weight = 5 });
        for (var n = 0; n < rows.Length; n++)
            Assert.Equal(rows[n], same[n], (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.True(Variation(smooth) < 0.8 * Variation(rows), $"{Variation(smooth)} of {Variation(rows)}");
        Refused("rows of 7", () => _context.Model.SmoothAbundances(_pixels, "Features", model.Model, 7));

        static double Variation(float[][] maps) => Enumerable.Range(0, maps.Length - 1)
            .Where(n => n % 10 < 9).Sum(n => maps[n].Zip(maps[n + 1], (a, b) => Math.Abs((double)a - b)).Sum());
    }

    [Fact]
    public void Noise_is_made_white_for_a_search_and_components_are_rows_all_the_same()
    {
        var search = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 2, WhitensNoise = true,
            SeparableSearch = EndmemberSearch.VertexComponentAnalysis, Scale = ComponentScale.None,
            Iterations = new() { MaximumIterations = 0 },
        };
        var model = _context.Transforms.SeparableNmf(search).Fit(_pixels).Model;
        var rows = TestRows.Column(_pixels, "Features");
        Assert.Equal(rows[model.SelectedRows![0]], model.GetComponent(0).ToArray());
        search.SeparableSearch = null;
        Refused("white", () => _context.Transforms.NonnegativeMatrixFactorization(search));
    }

    private static void Refused(string part, Action action)
        => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message);

    private static string[] SlotNames(IDataView view)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        view.Schema["Abundances"].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
