using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Onnx;
using Nmf;
using Nmf.Audio;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Maps clips of sound to the activations of learnt spectra, pooled over the frames: see
/// <see cref="AudioNmfEstimator"/>.
/// </summary>
/// <remarks>
/// A clip is read frame by frame: memory does not grow with its length. Thread-safe: any number of cursors and
/// prediction engines may share a transformer. Saved and loaded by <c>mlContext.Model</c>, alone or in a chain; a
/// damaged file gives <see cref="FormatException"/>.
/// </remarks>
public sealed partial class AudioNmfTransformer : OneToOneTransformerBase
{
    private readonly RowSolver<float> _solver;
    private readonly bool _readTruncated;

    internal AudioNmfTransformer(
        IHostEnvironment environment,
        NmfModelParameters model,
        Stft stft,
        SpectralScaling scaling,
        AudioSpectrum spectrum,
        AudioPooling pooling,
        int? sampleRate,
        (string Output, string Input) columns,
        string? sampleRateColumnName,
        bool readTruncated)
        : base(Contracts.CheckRef(environment, nameof(environment)).Register(nameof(AudioNmfTransformer)), columns)
    {
        (Model, Stft, Scaling, Spectrum, Pooling, SampleRate, SampleRateColumnName) = (model, stft, scaling, spectrum,
            pooling, sampleRate, sampleRateColumnName);
        _readTruncated = readTruncated;
        _solver = model.CreateRowSolver();
    }

    /// <summary>The dictionary, one component per spectrum, and the record of the fit.</summary>
    public NmfModelParameters Model { get; }

    /// <summary>The transform of the frames.</summary>
    public Stft Stft { get; }

    /// <summary>How spectra were scaled for the fit, and are for inference.</summary>
    public SpectralScaling Scaling { get; }

    /// <summary>What of a frame is factorised.</summary>
    internal AudioSpectrum Spectrum { get; }

    /// <summary>How the activations of the frames become those of a clip.</summary>
    internal AudioPooling Pooling { get; }

    /// <summary>Sample rate in Hz that clips must have, or null when it is not known (waveforms without a
    /// column of rates).</summary>
    internal int? SampleRate { get; }

    /// <summary>Name of the column with the sample rates of waveforms, or null.</summary>
    internal string? SampleRateColumnName { get; }

    /// <summary>Name of the column of pooled activations.</summary>
    public string OutputColumnName => ColumnPairs[0].outputColumnName;

    /// <summary>Name of the column of clips.</summary>
    public string InputColumnName => ColumnPairs[0].inputColumnName;

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
        => ColumnOf(inputSchema);

    private AudioColumn ColumnOf(DataViewSchema schema)
    {
        var column = AudioColumn.ForInput(Host, schema, InputColumnName, SampleRateColumnName);
        Host.CheckUserArg(
            !column.IsPath || SampleRate is not null, nameof(SampleRate),
            $"Column '{InputColumnName}' has paths of WAV files, but the factorization was learnt from waveforms whose "
            + "sample rate is not known: set SampleRate or SampleRateColumnName when it is fitted.");
        return column;
    }

    /// <summary>The transformer on rows of one schema.</summary>
    private sealed class Mapper : OneToOneMapperBase, ISaveAsOnnx
    {
        private const string NotExported = "The ONNX export has no clips of sound.";

        private static readonly AudioPooling[] Kinds = [
            AudioPooling.Mean, AudioPooling.Maximum, AudioPooling.Change];

        private readonly AudioNmfTransformer _parent;
        private readonly AudioColumn _column;
        private readonly AudioPooling[] _kinds;

        public Mapper(AudioNmfTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema)
        {
            _parent = parent;
            _column = parent.ColumnOf(inputSchema);
            _kinds = [.. Kinds.Where(kind => parent.Pooling.HasFlag(kind))];
        }

        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => OnnxGraph.Refuse(Host, NotExported);

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw Host.ExceptNotSupp(NotExported);

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var ofClips = base.GetDependenciesCore(activeOutput);
            var rate = _column.Rate?.Index ?? -1;
            return index => ofClips(index) || (index == rate && ofClips(_column.Column.Index));
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            string[] names = [.. _kinds.SelectMany(
                kind => Enumerable.Range(0, _parent.Model.Rank).Select(k => $"Component{k}.{kind}"))];
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.AddSlotNames(names);
            var type = new VectorDataViewType(NumberDataViewType.Single, names.Length);
            return [new DataViewSchema.DetachedColumn(_parent.OutputColumnName, type, annotations.ToAnnotations())];
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            var scope = TransformScope.Begin(input, nameof(NmfModel<float>), out disposer);
            var clips = new ClipSpectra(
                Host, _column, input, _ => _parent.Stft, _parent.Spectrum,
                new() { ReadTruncated = _parent._readTruncated }, _parent.SampleRate);
            var scratch = _parent._solver.CreateScratch();
            var (activations, before) = (new float[_parent.Model.Rank], new float[_parent.Model.Rank]);
            var (sums, changes) = (new double[activations.Length], new double[activations.Length]);
            var largest = new float[activations.Length];
            long frames = 0;
            ClipSpectra.Visit pool = Pool;
            ValueGetter<VBuffer<float>> getter = Get;
            return getter;

            void Get(ref VBuffer<float> destination)
            {
                Array.Clear(sums);
                Array.Clear(changes);
                Array.Clear(largest);
                frames = 0;
                try
                {
                    clips.Read(pool);
                }
                catch (Exception e)
                {
                    scope.Fail(e);
                    throw;
                }

                scope.Row();
                var editor = VBufferEditor.Create(ref destination, _kinds.Length * sums.Length);
                for (var i = 0; i < editor.Values.Length; i++)
                {
                    var k = i % sums.Length;
                    editor.Values[i] = (float)(_kinds[i / sums.Length] switch
                    {
                        AudioPooling.Mean => sums[k] / frames,
                        AudioPooling.Maximum => largest[k],
                        _ => changes[k] / Math.Max(1, frames - 1),
                    });
                }

                destination = editor.Commit();
            }

            void Pool(Span<float> spectrum)
            {
                _parent.Scaling.Apply(spectrum);
                _parent._solver.Solve(spectrum, activations, scratch);
                for (var k = 0; k < activations.Length; k++)
                {
                    sums[k] += activations[k];
                    largest[k] = Math.Max(largest[k], activations[k]);
                    if (frames > 0)
                        changes[k] += Math.Abs(activations[k] - before[k]);
                }

                (activations, before) = (before, activations);
                frames++;
            }
        }
    }
}
