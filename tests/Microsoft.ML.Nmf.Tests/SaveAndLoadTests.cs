using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

public class SaveAndLoadTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0, false)]
    [InlineData(1.0, true)]
    public void A_loaded_model_gives_the_same_bits(double beta, bool sparse)
    {
        var data = TestRows.View(_context, TestRows.Values(density: sparse ? 0.2 : 1), sparse);
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, beta: beta).Fit(data);

        var loaded = Assert.IsType<NmfTransformer>(Reload(model, data.Schema));

        Assert.Equal(TestRows.Column(model.Transform(data), "H"), TestRows.Column(loaded.Transform(data), "H"));
    }

    [Fact]
    public void A_model_is_written_in_blocks_and_ends_with_the_checksum_of_its_content()
    {
        var data = TestRows.View(_context, TestRows.Values(rows: 8, features: 30_000));
        var model = _context.Transforms.NonnegativeMatrixFactorization(
            "H", "Features", rank: 3, maximumIterations: 1).Fit(data);
        using var stream = new CountingStream();
        using (var writer = new BinaryWriter(stream))
            ModelSaveContext.Save(writer, ((ICanSaveModel)model).Save);
        using var numbers = new MemoryStream();
        using (var writer = new BinaryWriter(numbers))
            model.Model.Save(writer);

        // Of 90,000 numbers.
        Assert.InRange(stream.Writes, 1, 200);
        var bytes = stream.ToArray();
        var (start, length) = ModelStream.Payload(bytes);
        var content = bytes.AsSpan(start, length - SHA256.HashSizeInBytes);
        Assert.True(content.EndsWith(numbers.ToArray()));
        Assert.Equal(SHA256.HashData(content), bytes.AsSpan(start + content.Length, SHA256.HashSizeInBytes));
    }

    [Fact]
    public void Another_process_loads_a_chain_without_any_registration()
    {
        var data = TestRows.View(_context, TestRows.Values());
        var pipeline = _context.Transforms.CopyColumns("Copy", "Features")
            .Append(_context.Transforms.NonnegativeMatrixFactorization("H", "Copy", rank: 3));
        var model = pipeline.Fit(data);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (modelPath, dataPath) = (Path.Combine(folder.FullName, "model.zip"),
                Path.Combine(folder.FullName, "data.idv"));
            _context.Model.Save(model, data.Schema, modelPath);
            using (var stream = File.Create(dataPath))
                _context.Data.SaveAsBinary(data, stream);

            var lines = RunProbe(modelPath, dataPath, "H").Split('\n', StringSplitOptions.RemoveEmptyEntries);

            var expected = TestRows.Column(model.Transform(data), "H")
                .Select(row => string.Join(
                    ' ', row.Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8"))));
            Assert.Equal([.. expected, "Component0 Component1 Component2"], lines.Select(line => line.Trim()));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_transform_in_a_saved_data_view_finds_its_row_mapper()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var output = (RowToRowMapperTransform)_context.Transforms.NonnegativeMatrixFactorization(
            "H", "Features", rank: 3).Fit(view).Transform(view);
        using var stream = new MemoryStream();
        using (var writer = RepositoryWriter.CreateNew(stream, _context))
        {
            ModelSaveContext.SaveModel(writer, output, "Transform");
            writer.Commit();
        }

        stream.Position = 0;
        using var reader = RepositoryReader.Open(stream, _context);
        ModelLoadContext.LoadModel<IDataTransform, SignatureLoadDataTransform>(
            new MLContext(), out var loaded, reader, "Transform", view);

        Assert.Equal(TestRows.Column(output, "H"), TestRows.Column(loaded, "H"));
    }

    [Fact]
    public void A_transformer_is_also_a_loadable_data_transform()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3).Fit(view);
        using var reader = new BinaryReader(new MemoryStream(ModelStream.Save(model)));

        ModelLoadContext.LoadModel<IDataTransform, SignatureLoadDataTransform>(
            new MLContext(), out var loaded, reader, view);

        Assert.Equal(TestRows.Column(model.Transform(view), "H"), TestRows.Column(loaded, "H"));
    }

    private ITransformer Reload(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        _context.Model.Save(model, schema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out _);
    }

    private static string RunProbe(params string[] arguments)
    {
        var start = Probe.Start("Microsoft.ML.Nmf.LoadProbe", arguments);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return text;
    }

    private sealed class CountingStream : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Writes++;
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            base.Write(buffer);
        }
    }
}
