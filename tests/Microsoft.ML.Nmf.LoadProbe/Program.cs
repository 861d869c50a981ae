using Microsoft.ML;
using Microsoft.ML.Data;

// Loads a model and a binary data file in a process that never mentions the factorisation, and prints the bits of one column of its output.
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: probe model.zip data.idv column");
    return 2;
}

var context = new MLContext();
var model = context.Model.Load(args[0], out _);
var output = model.Transform(context.Data.LoadFromBinary(args[1]));
foreach (var row in output.GetColumn<float[]>(args[2]))
    Console.WriteLine(string.Join(' ', row.Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8", null))));

var names = default(VBuffer<ReadOnlyMemory<char>>);
output.Schema[args[2]].GetSlotNames(ref names);
Console.WriteLine(string.Join(' ', names.DenseValues()));
return 0;
