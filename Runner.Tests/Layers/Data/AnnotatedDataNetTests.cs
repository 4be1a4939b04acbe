using System.Text;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Tests.Runner.DataSets;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

/// <summary>AnnotatedData in a net: layers behind it take the number of boxes that each batch has.</summary>
[Trait("Category", "Unit")]
public sealed class AnnotatedDataNetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void LayersBehindFollowTheNumberOfBoxes(int prefetch)
    {
        using (LmdbWriter writer = LmdbWriter.Create(folder["db"]))
        {
            for (int i = 0; i < 4; i++)
            {
                var group = new AnnotationGroup { GroupLabel = 1 };
                group.Annotation.Add(Enumerable.Range(0, 3 * i).Select(_ => new Annotation
                {
                    Bbox = new NormalizedBBox { Xmin = 0, Ymin = 0, Xmax = 1, Ymax = 1 },
                }));
                var record = new AnnotatedDatum
                {
                    Datum = TestImages.Raw(TestImages.Image(i, 3, 4, 4), 0),
                    Type = AnnotatedDatum.Types.AnnotationType.Bbox,
                };
                record.AnnotationGroup.Add(group);
                writer.Put(Encoding.ASCII.GetBytes($"{i:D8}"), record.ToByteArray());
            }

            writer.Commit();
        }

        File.WriteAllText(folder["net.prototxt"], $$"""
            layer { name: "data" type: "AnnotatedData" top: "data" top: "label"
              data_param { source: "db" backend: LMDB batch_size: 1 prefetch: {{prefetch}} } }
            layer { name: "twice" type: "Power" bottom: "label" top: "twice" power_param { scale: 2 } }
            layer { name: "sum" type: "Reduction" bottom: "label" top: "sum" }
            layer { name: "silence" type: "Silence" bottom: "data" }
            """);
        using Net net = Net.Load(folder["net.prototxt"]);
        for (int pass = 0; pass < 9; pass++)
        {
            net.Forward();
            int boxes = 3 * (pass % 4);
            Assert.Equal([1, 1, Math.Max(1, boxes), 8], net.FindBlob("twice").Shape);
            Assert.Equal(boxes == 0 ? -8 : 3 * boxes, net.FindBlob("sum").Data[0]);
        }
    }
}
