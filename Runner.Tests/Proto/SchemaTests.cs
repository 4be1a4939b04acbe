using System.Globalization;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto;

/// <summary>Compares the compiled schema with Caffe's table, in both directions.</summary>
[Trait("Category", "Unit")]
public class SchemaTests
{
    private const string Package = "caffe.";

    private static readonly Dictionary<string, MessageDescriptor> Messages =
        NetParameter.Descriptor.File.MessageTypes.ToDictionary(m => m.FullName[Package.Length..]);

    [Fact]
    public void TheTableIsWhole() =>
        Assert.Equal((423, 111), (SchemaTable.Fields.Count, SchemaTable.EnumValues.Count));

    [Fact]
    public void EveryFieldHasCaffesNumberLabelTypeAndPacking()
    {
        foreach (SchemaField row in SchemaTable.Fields)
        {
            FieldDescriptor field = Field(row);
            Assert.Equal(row, row with
            {
                Number = field.FieldNumber,
                Label = field.IsRepeated ? "repeated" : field.IsRequired ? "required" : "optional",
                Type = TypeOf(field),
                IsPacked = field.IsPacked,
            });
        }
    }

    [Fact]
    public void EveryDefaultIsCaffesAndIsWhatAnUnsetFieldReads()
    {
        foreach (SchemaField row in SchemaTable.Fields.Where(
            f => f.Label != "repeated" && !f.Type.StartsWith("message:", StringComparison.Ordinal)))
        {
            FieldDescriptor field = Field(row);
            var empty = (IMessage)Activator.CreateInstance(field.ContainingType.ClrType)!;
            Assert.False(field.Accessor.HasValue(empty), $"{row} is set in an empty message");
            Assert.Equal(row.Default.Length > 0, field.ToProto().HasDefaultValue);
            Assert.Equal((row, Expected(row, field)), (row, Unboxed(field.Accessor.GetValue(empty))));
        }
    }

    [Fact]
    public void EveryEnumHasCaffesValuesAndNoOthersInItsNumbers()
    {
        foreach (var rows in SchemaTable.EnumValues.GroupBy(v => v.Enum))
        {
            int dot = rows.Key.LastIndexOf('.');
            EnumDescriptor type = dot < 0
                ? NetParameter.Descriptor.File.EnumTypes.Single(e => e.Name == rows.Key)
                : Messages[rows.Key[..dot]].EnumTypes.Single(e => e.Name == rows.Key[(dot + 1)..]);
            Assert.Equal(
                rows.Select(v => (v.Value, v.Number)).Order(),
                type.Values.Where(v => v.Number < 1_000).Select(v => (v.Name, v.Number)).Order());
        }
    }

    // Fields by which the files of a fork are recognised.
    private static readonly (string Message, string Name, int Number)[] OfForks =
    [
        ("BlobProto", "raw_data_type", 10), ("BlobProto", "raw_diff_type", 11),
        ("BlobProto", "raw_data", 12), ("BlobProto", "raw_diff", 13),
    ];

    [Fact]
    public void WhatCaffeDoesNotHaveStaysOutOfItsNumbers()
    {
        var caffes = SchemaTable.Fields.Select(f => (f.Message, f.Name)).ToHashSet();
        foreach (var message in SchemaTable.Fields.Select(f => f.Message).Distinct())
        {
            int first = message == "LayerParameter" ? 10_000 : 1_000;
            var added = Messages[message].Fields.InDeclarationOrder()
                .Where(f => !caffes.Contains((message, f.Name)) && !OfForks.Contains((message, f.Name, f.FieldNumber)));
            Assert.All(
                added, f => Assert.True(f.FieldNumber >= first, $"{message}.{f.Name} has number {f.FieldNumber}"));
        }
    }

    [Fact]
    public void EveryMessageFieldAndValueSaysWhatItMeans()
    {
        using Stream stream = typeof(SchemaTests).Assembly.GetManifestResourceStream("caffe.proto")!;
        using var reader = new StreamReader(stream);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries);
        var mute = from i in Enumerable.Range(1, lines.Length - 1)
                   where lines[i].StartsWith("message ", StringComparison.Ordinal)
                       || lines[i].StartsWith("enum ", StringComparison.Ordinal)
                       || (lines[i].Contains(" = ", StringComparison.Ordinal) && lines[i].EndsWith(';'))
                   where !lines[i].StartsWith("option ", StringComparison.Ordinal)
                   where !lines[i - 1].StartsWith("//", StringComparison.Ordinal)
                   select lines[i];
        Assert.Empty(mute);
    }

    private static FieldDescriptor Field(SchemaField row)
    {
        Assert.True(Messages.TryGetValue(row.Message, out MessageDescriptor? message), $"no message {row.Message}");
        FieldDescriptor? field = message.FindFieldByName(row.Name);
        Assert.True(field is not null, $"no field {row.Name} in {row.Message}");
        return field;
    }

    private static string TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => $"message:{field.MessageType.FullName[Package.Length..]}",
        FieldType.Enum => $"enum:{field.EnumType.FullName[Package.Length..]}",
        _ => field.FieldType.ToString().ToLowerInvariant(),
    };

    private static object Expected(SchemaField row, FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => row.Default,
        FieldType.Bytes => ByteString.Empty,
        FieldType.Bool => row.Default == "true",
        FieldType.Enum =>
            (row.Default.Length > 0 ? field.EnumType.FindValueByName(row.Default) : field.EnumType.Values[0]).Number,
        FieldType.Float => row.Default.Length > 0
            ? (double)float.Parse(row.Default, CultureInfo.InvariantCulture)
            : 0.0,
        FieldType.Double => row.Default.Length > 0 ? double.Parse(row.Default, CultureInfo.InvariantCulture) : 0.0,
        _ => row.Default.Length > 0 ? long.Parse(row.Default, CultureInfo.InvariantCulture) : 0L,
    };

    private static object Unboxed(object value) => value switch
    {
        float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        Enum => Convert.ToInt32(value, CultureInfo.InvariantCulture),
        int or uint or long or ulong => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => value,
    };
}
