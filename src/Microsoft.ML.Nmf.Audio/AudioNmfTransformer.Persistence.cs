using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf.Audio;

[assembly: LoadableClass(
    AudioNmfTransformer.Summary, typeof(IDataTransform), typeof(RowTransformerLoader<AudioNmfTransformer>), null,
    typeof(SignatureLoadDataTransform), AudioNmfTransformer.UserName, AudioNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    AudioNmfTransformer.Summary, typeof(AudioNmfTransformer), typeof(RowTransformerLoader<AudioNmfTransformer>), null,
    typeof(SignatureLoadModel), AudioNmfTransformer.UserName, AudioNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<AudioNmfTransformer>), null, typeof(SignatureLoadRowMapper),
    AudioNmfTransformer.UserName, AudioNmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed partial class AudioNmfTransformer : IStoredRowTransformer<AudioNmfTransformer>
{
    internal const string Summary = "Activations of learnt spectra, pooled over the frames of a clip of sound.";
    internal const string UserName = "Audio Components Transform";
    internal const string LoaderSignature = "NmfAudioTransform";

    private static readonly StoredFormat Stored = new(
        typeof(AudioNmfTransformer), "NMF AUDI", LoaderSignature, version: 0x00010002);

    // *** Binary format, version 2 *** (version 1 had no checksum and kept names in ML.NET's table)
    // int: 1; string: output name; string: input name
    // int: frame length; int: hop; int: length of the transform; byte: window
    // byte: padding; byte: scaling of coefficients (both not in version 1)
    // double: scale; double: floor
    // byte: spectrum; byte: whether means are given; byte: whether maxima are
    // byte: whether changes are; byte: whether truncated files are read (both not in version 1)
    // int: sample rate, 0 when it is not known
    // byte: whether there is a column of sample rates; string: its name
    // the model parameters
    private protected override void SaveModel(ModelSaveContext ctx) => Stored.Save(Host, ctx, writer =>
    {
        writer.Write(1);
        writer.Write(OutputColumnName);
        writer.Write(InputColumnName);
        writer.Write(Stft.FrameLength);
        writer.Write(Stft.HopLength);
        writer.Write(Stft.FftLength);
        writer.Write((byte)Stft.Options.Window);
        writer.Write((byte)Stft.Options.Padding);
        writer.Write((byte)Stft.Options.Scaling);
        writer.Write(Scaling.Scale);
        writer.Write(Scaling.Floor);
        writer.Write((byte)Spectrum);
        writer.Write(Pooling.HasFlag(AudioPooling.Mean));
        writer.Write(Pooling.HasFlag(AudioPooling.Maximum));
        writer.Write(Pooling.HasFlag(AudioPooling.Change));
        writer.Write(_readTruncated);
        writer.Write(SampleRate ?? 0);
        writer.Write(SampleRateColumnName is not null);
        if (SampleRateColumnName is not null)
            writer.Write(SampleRateColumnName);
        Model.Save(writer);
    });

    static StoredFormat IStoredTransformer<AudioNmfTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<AudioNmfTransformer>.CreateTransform(IDataView input)
        => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<AudioNmfTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    static AudioNmfTransformer IStoredTransformer<AudioNmfTransformer>.Load(
        IHost host, CheckedReader reader)
    {
        reader.ReadCount("number of columns", 1, 1);
        var columns = (Output: reader.ReadName("output column"), Input: reader.ReadName("input column"));
        var stft = ReadStft(reader);
        var scaling = new SpectralScaling(reader.ReadFinite("scale", above: 0), reader.ReadFinite("floor", atLeast: 0));
        var spectrum = reader.ReadEnum<AudioSpectrum>("spectrum");
        var pooling = (reader.ReadBoolean("pooling") ? AudioPooling.Mean : AudioPooling.None)
            | (reader.ReadBoolean("pooling") ? AudioPooling.Maximum : AudioPooling.None);
        var readTruncated = false;
        if (!reader.HasNameTable)
        {
            pooling |= reader.ReadBoolean("pooling") ? AudioPooling.Change : AudioPooling.None;
            readTruncated = reader.ReadBoolean("reading of truncated files");
        }

        reader.Require(pooling != AudioPooling.None, "pooling");
        var sampleRate = reader.ReadCount("sample rate", 0);
        var rateColumn = reader.ReadBoolean("presence of a column of sample rates")
            ? reader.ReadName("column of sample rates")
            : null;
        var model = NmfModelParameters.Load(reader);
        reader.Require(model.FeatureCount == stft.Bins, "number of features");
        return new AudioNmfTransformer(
            host, model, stft, scaling, spectrum, pooling, sampleRate == 0 ? null : sampleRate, columns, rateColumn,
            readTruncated);
    }

    private static Stft ReadStft(CheckedReader reader)
    {
        var options = new StftOptions
        {
            FrameLength = reader.ReadCount("frame length", 2),
            HopLength = reader.ReadCount("hop", 1),
            FftLength = reader.ReadCount("length of the transform", 2),
            Window = reader.ReadEnum<StftWindow>("window"),
            Padding = reader.HasNameTable ? default : reader.ReadEnum<StftPadding>("padding"),
            Scaling = reader.HasNameTable ? default : reader.ReadEnum<StftScaling>("scaling of coefficients"),
        };
        try
        {
            return new Stft(options);
        }
        catch (ArgumentException)
        {
            reader.Require(false, "transform of the frames");
            throw;
        }
    }
}
