using System.Globalization;
using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Tests.Fillers;

[Trait("Category", "Golden")]
public class FillerGoldenTests
{
    public static TheoryData<string> Rows
    {
        get
        {
            var rows = new TheoryData<string>();
            foreach (string root in GoldenFolders.Roots)
            {
                string file = Path.Combine(root, "fillers.tsv");
                foreach (string line in File.Exists(file) ? File.ReadLines(file).Skip(1) : [])
                {
                    rows.Add(line);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void FillersHaveTheMomentsThatCaffesHave(string row)
    {
        string[] cells = row.Split('\t');
        int[] shape = Array.ConvertAll(cells[1].Split('x'), d => int.Parse(d, CultureInfo.InvariantCulture));
        var parameter = TextFormat.Parse<FillerParameter>(cells[2], cells[0]);
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        new FillerRegistry().Create(parameter).Fill(values, shape, new PhiloxRandom(42));
        double Golden(int column) => double.Parse(cells[column], CultureInfo.InvariantCulture);
        if (cells.Length > 12 && cells[12].Length > 0)
        {
            float[] expected = Array.ConvertAll(
                cells[12].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries),
                v => float.Parse(v, CultureInfo.InvariantCulture));
            Assert.Equal(expected, values, (a, b) => Math.Abs(a - b) <= 1e-6f);
            return;
        }

        // Five standard errors of each moment of a sample of this size.
        double n = values.Length, mean = values.Average(v => (double)v);
        double deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        double kurtosis = values.Average(v => Math.Pow(v - mean, 4)) / Math.Pow(deviation, 4);
        double golden = Golden(5);
        Assert.Equal(Golden(3), n);
        Assert.InRange(
            mean - Golden(4), -5 * 1.5 * golden / Math.Sqrt(n) - 1e-7, (5 * 1.5 * golden / Math.Sqrt(n)) + 1e-7);
        if (golden == 0)
        {
            Assert.Equal(0, deviation, 1e-7);
            return;
        }

        double spread = 5 * 1.5 * Math.Sqrt(Math.Max(0.2, (kurtosis - 1) / 4) / n);
        Assert.InRange(deviation / golden, 1 - spread, 1 + spread);
        bool isUniform = parameter.Type is "uniform" or "xavier";
        double extremes = isUniform ? 0.002 * golden : 1.5 * golden * Math.Max(1, kurtosis / 3);
        Assert.InRange(values.Min(), Golden(6) - extremes, Golden(6) + extremes);
        Assert.InRange(values.Max(), Golden(7) - extremes, Golden(7) + extremes);
        double zeros = values.Count(v => v == 0) / n;
        Assert.InRange(zeros - Golden(8), -5 * Math.Sqrt(0.25 / n), 5 * Math.Sqrt(0.25 / n));
        if (parameter.Type == "positive_unitball")
        {
            foreach (float[] unit in values.Chunk(values.Length / shape[0]))
            {
                Assert.Equal(1, unit.Sum(v => (double)v), 1e-5);
                Assert.All(unit, v => Assert.True(v >= 0));
            }
        }
    }

    [Theory]
    [InlineData("type: 'gaussian' std: 0", "std 0")]
    [InlineData("type: 'xavier' sparse: 3", "no sparse form")]
    [InlineData("type: 'bilinear'", "needs 4 axes and a square kernel")]
    [InlineData("type: 'xaver'", "did you mean 'xavier'?")]
    [InlineData("type: 'uniform' min: 2 max: 1", "min 2 above max 1")]
    public void AFillerThatCannotWorkSaysWhy(string text, string expected)
    {
        var error = Assert.Throws<CnnException>(() => new FillerRegistry()
            .Create(TextFormat.Parse<FillerParameter>(text, "f")).Fill(new float[6], [2, 3], new PhiloxRandom(1)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
