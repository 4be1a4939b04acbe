using System.Globalization;

namespace Cnn.Tests.Proto;

/// <summary>Caffe's fields and enum values, as the table next to the tests lists them.</summary>
internal static class SchemaTable
{
    private static readonly string[][] Rows = Read();

    public static IReadOnlyList<SchemaField> Fields { get; } =
    [
        .. from row in Rows
           where row.Length == 7
           select new SchemaField(
               row[0], row[1], int.Parse(row[2], CultureInfo.InvariantCulture), row[3], row[4], row[5],
               row[6] == "yes"),
    ];

    public static IReadOnlyList<(string Enum, string Value, int Number)> EnumValues { get; } =
    [
        .. from row in Rows
           where row.Length == 3
           select (row[0], row[1], int.Parse(row[2], CultureInfo.InvariantCulture)),
    ];

    private static string[][] Read()
    {
        using Stream stream = typeof(SchemaTable).Assembly.GetManifestResourceStream("schema.tsv")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. from line in reader.ReadToEnd().Split('\n')
               where line.Length > 0 && !line.StartsWith('#')
               select line.Split('\t'),
        ];
    }
}

/// <summary>A row of the table; <paramref name="Default"/> is empty where the schema gives none.</summary>
internal sealed record SchemaField(
    string Message, string Name, int Number, string Label, string Type, string Default, bool IsPacked);
