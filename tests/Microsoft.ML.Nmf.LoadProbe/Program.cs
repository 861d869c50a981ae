using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

// Loads a model and a binary data file in a process that never mentions the factorisation, and prints the bits of
// one column of its output.
if (args.Length is not (3 or 4))
{
    Console.Error.WriteLine("usage: probe model.zip data.idv column [assembly to register]");
    return 2;
}

var context = new MLContext();
if (args.Length == 4)
    context.ComponentCatalog.RegisterAssembly(Assembly.LoadFrom(args[3]));
var model = context.Model.Load(args[0], out _);
var output = model.Transform(context.Data.LoadFromBinary(args[1]));
if (output.Schema[args[2]].Type is not VectorDataViewType)
{
    foreach (var value in output.GetColumn<float>(args[2]))
        Console.WriteLine(Bits(value));
    return 0;
}

foreach (var row in output.GetColumn<float[]>(args[2]))
    Console.WriteLine(string.Join(' ', row.Select(Bits)));

if (!output.Schema[args[2]].HasSlotNames())
    return 0;
var names = default(VBuffer<ReadOnlyMemory<char>>);
output.Schema[args[2]].GetSlotNames(ref names);
Console.WriteLine(string.Join(' ', names.DenseValues()));
return 0;

static string Bits(float value) => BitConverter.SingleToUInt32Bits(value).ToString("x8", null);
