using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>Nets that the forks of Caffe refuse to build or to run are refused in words.</summary>
[Trait("Category", "Golden")]
public class RefusedNetTests
{
    public static TheoryData<string, string> Nets
    {
        get
        {
            var nets = new TheoryData<string, string>();
            foreach (string file in GoldenFolders.Roots.Select(root => Path.Combine(root, "refused.tsv"))
                .Where(File.Exists))
            {
                foreach (string[] columns in File.ReadLines(file).Skip(1).Select(line => line.Split('\t')))
                {
                    nets.Add(columns[0], columns[2]);
                }
            }

            return nets;
        }
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void WhatAForkRefusesIsRefusedInWords(string name, string text)
    {
        // The text itself is right: what is refused is the net.
        TextFormat.Parse<NetParameter>(text, name);
        using var pool = new WorkerPool(1);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            var exception = Assert.Throws<CnnException>(() =>
            {
                using Net net = Net.Build(
                    NetDefinition.Load(file), new NetOptions { Phase = Phase.Train, Pool = pool });
                net.Forward();
            });
            Assert.NotEmpty(exception.Message);
            Assert.NotNull(exception.Diagnostics[0].Location);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
